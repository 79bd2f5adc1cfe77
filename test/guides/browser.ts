import assert from "node:assert/strict";

import { cookieJar, type CookieJar } from "../../src/testing/testing.ts";

/** A browser on an application. It keeps cookies, and follows redirects. */
export interface Browser {
  readonly jar: CookieJar;
  readonly get: () => Promise<Page>;
  readonly post: (path: "/cart" | "/login" | "/logout") => Promise<Page>;
}

/** The page at `GET /`, in all four guides. */
export interface Page {
  readonly visits: number;
  readonly user?: string;
  readonly cart?: readonly string[];
  readonly notice?: string;
}

/** Opens an application, if wanted with the cookie jar of another browser. */
export function browse(url: string, jar: CookieJar = cookieJar()): Browser {
  const request = async (method: string, path: string): Promise<Page> => {
    const cookie = jar.header(path);
    const answer = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: cookie === undefined ? {} : { cookie },
    });
    jar.take({ headers: { "set-cookie": answer.headers.getSetCookie() } });
    const target = answer.headers.get("location");
    if (answer.status === 303 && target !== null) return request("GET", target);
    assert.equal(answer.status, 200, `${method} ${path}`);
    return (await answer.json()) as Page;
  };
  return { jar, get: () => request("GET", "/"), post: (path) => request("POST", path) };
}

/** Returns the page that an application shows to a browser with copied cookies. */
export async function shownTo(url: string, cookie: string | undefined): Promise<Page> {
  assert.ok(cookie !== undefined, "no cookie to copy");
  const answer = await fetch(url, { headers: { cookie } });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Page;
}

/**
 * Visits an application, fills a cart, logs in and out, and checks each page: the same before and after the guide.
 * `oldCookies` says whether a copy of a cookie from before a log-in or a log-out still leads to a session.
 */
export async function checkVisit(url: string, oldCookies: "dead" | "alive"): Promise<void> {
  const { jar, get, post } = browse(url);
  assert.deepEqual(await get(), { visits: 1 });
  assert.deepEqual(await get(), { visits: 2 });
  assert.deepEqual(await post("/cart"), { visits: 3, cart: ["tea"] });
  assert.deepEqual((await post("/cart")).cart, ["tea", "tea"]);

  const anonymous = jar.header();
  const { visits, ...loggedIn } = await post("/login");
  assert.deepEqual(loggedIn, { user: "ada", cart: ["tea", "tea"], notice: "Welcome" });
  assert.deepEqual(await get(), { visits: visits + 1, user: "ada", cart: ["tea", "tea"] }, "the notice is shown once");
  const copied = jar.header();
  assert.notEqual(copied, anonymous, "a log-in changes the cookie");
  const earlier = await shownTo(url, anonymous);
  assert.equal(earlier.user, undefined, "the cookie from before the log-in is not logged in");
  assert.equal(earlier.visits === 1, oldCookies === "dead", "and is dead where sessions are on the server");
  assert.equal((await browse(url).get()).user, undefined, "another browser is not logged in");

  assert.deepEqual(await post("/logout"), { visits: 1 });
  assert.deepEqual(await get(), { visits: 2 });
  const copy = await shownTo(url, copied);
  if (oldCookies === "dead") assert.deepEqual(copy, { visits: 1 }, "the copied cookie is dead");
  else assert.equal(copy.user, "ada", "the copied cookie lives on");
}

/** Makes forgeries of a signed cookie: with its signature left out, emptied, replaced and cut. */
export function forgeries(cookie: string): readonly string[] {
  const id = cookie.slice(0, cookie.lastIndexOf("."));
  return [id, `${id}.`, `${id}.AAAA`, cookie.slice(0, -1)];
}
