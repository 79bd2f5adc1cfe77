import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest } from "node:http";

import { cookieJar, type CookieJar } from "../../src/testing/testing.ts";

/** The page of every integration, as a browser without scripts shows it. */
export interface Page {
  readonly greeting: string;
  readonly status: string | undefined;
  readonly visits: number;
  readonly forms: readonly Form[];
}

/** A form on the page. */
interface Form {
  readonly action: string;
  readonly multipart: boolean;
  readonly buttons: readonly string[];
  /** The hidden fields, and the value of the button. */
  readonly fields: Readonly<Record<string, string>>;
}

/** A browser without scripts. It keeps cookies, submits the forms of a page, and follows redirects. */
export interface Visitor {
  readonly jar: CookieJar;
  /** Returns the Cookie header, with Secure cookies, which browsers send to their own machine over http too. */
  readonly cookie: () => string | undefined;
  readonly open: () => Promise<Page>;
  /** Presses a button of a page. */
  readonly press: (page: Page, button: string, fields?: Readonly<Record<string, string>>) => Promise<Page>;
  /** Presses a button, but sends the second half of the form only when `meanwhile` is done. */
  readonly pressSlowly: (
    page: Page,
    button: string,
    fields: Readonly<Record<string, string>>,
    meanwhile: () => Promise<unknown>,
  ) => Promise<Page>;
}

/** Makes a visitor of a site. `headers` are those that a proxy in front of it would add. */
export function visit(site: string, headers: Readonly<Record<string, string>> = {}): Visitor {
  const jar = cookieJar();
  const cookie = (): string | undefined => jar.header("/", "https");
  const ownHeaders = (): Record<string, string> => {
    const own = cookie();
    return { ...headers, accept: "text/html", ...(own !== undefined && { cookie: own }) };
  };
  const get = async (path: string): Promise<Page> => {
    const response = await fetch(new URL(path, site), { redirect: "manual", headers: ownHeaders() });
    return arrive(response.status, response.headers.getSetCookie(), response.headers.get("location"), () =>
      response.text(),
    );
  };
  const arrive = async (
    status: number,
    cookies: readonly string[],
    location: string | null,
    text: () => Promise<string>,
  ): Promise<Page> => {
    jar.take({ headers: { "set-cookie": cookies } });
    if (status === 200) return pageOf(await text());
    assert.equal(status, 303, await text());
    const target = new URL(location ?? "", site);
    assert.equal(target.origin, new URL(site).origin, "a redirect stays on the site");
    return get(target.pathname + target.search);
  };
  const submission = (page: Page, button: string, fields: Readonly<Record<string, string>>): Request => {
    const form = page.forms.find(({ buttons }) => buttons.includes(button));
    assert.ok(form, `no form with a button ${button}`);
    const entries = { ...form.fields, ...fields };
    const body = form.multipart ? new FormData() : new URLSearchParams();
    for (const [name, value] of Object.entries(entries)) body.set(name, value);
    const own = { ...ownHeaders(), origin: new URL(site).origin };
    return new Request(new URL(form.action, site), { method: "POST", body, headers: own });
  };
  return {
    jar,
    cookie,
    open: () => get("/"),
    async press(page, button, fields = {}) {
      const response = await fetch(submission(page, button, fields), { redirect: "manual" });
      return arrive(response.status, response.headers.getSetCookie(), response.headers.get("location"), () =>
        response.text(),
      );
    },
    async pressSlowly(page, button, fields, meanwhile) {
      const slow = submission(page, button, fields);
      const body = Buffer.from(await slow.arrayBuffer());
      const length = { "content-length": String(body.byteLength) };
      const outgoing = httpRequest(slow.url, {
        method: "POST",
        headers: { ...Object.fromEntries(slow.headers), ...length },
        agent: false,
      });
      const answered = once(outgoing, "response") as Promise<[import("node:http").IncomingMessage]>;
      const half = Math.floor(body.byteLength / 2);
      await new Promise((resolve) => outgoing.write(body.subarray(0, half), resolve));
      await meanwhile();
      outgoing.end(body.subarray(half));
      const [response] = await answered;
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return arrive(
        response.statusCode ?? 0,
        response.headers["set-cookie"] ?? [],
        response.headers.location ?? null,
        async () => Buffer.concat(chunks).toString(),
      );
    },
  };
}

function pageOf(html: string): Page {
  const main = /<main\b.*<\/main>/s.exec(html)?.[0].replaceAll(/<!--.*?-->/gs, "");
  assert.ok(main !== undefined, `no main in ${html}`);
  const status = textOf(main, /<p role="status">(.*?)<\/p>/s);
  return {
    greeting: textOf(main, /<h1>(.*?)<\/h1>/s) ?? "",
    status: status === "" ? undefined : status,
    visits: Number(textOf(main, /Visit<\/button>\s*(\d+)/)),
    forms: [...main.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = "", inner = ""]) => ({
      action: attribute(head, "action") ?? "",
      multipart: attribute(head, "enctype") === "multipart/form-data",
      buttons: [...inner.matchAll(/<button\b[^>]*>(.*?)<\/button>/gs)].map(([, text = ""]) => text.trim()),
      fields: Object.fromEntries(
        [...inner.matchAll(/<(input|button)\b([^>]*)>/g)]
          .map(([, , tag = ""]) => [attribute(tag, "name"), attribute(tag, "value")])
          .filter(([name, value]) => name !== undefined && value !== undefined),
      ) as Record<string, string>,
    })),
  };
}

function textOf(html: string, pattern: RegExp): string | undefined {
  return pattern.exec(html)?.[1]?.trim();
}

/** Returns an attribute of a tag. Next leaves an empty value out. */
function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`, "i").exec(tag)?.[1];
  return value ?? (name === "value" && /type="hidden"/.test(tag) ? "" : undefined);
}
