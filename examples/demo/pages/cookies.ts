import { CookieError, cookiesResponse, redirect, type CookieAttrs } from "ringlet";

import { html, type Html } from "../../html.ts";
import { page } from "../layout.ts";
import { sessionCookie, shorten, visitorCookie } from "../panel/cookies.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";
import { cookieForm, priorities, sameSites } from "./cookie-form.ts";

/** GET /cookies: the form is filled from the query, so that the cookie that was set can be deleted again. */
export function showCookies(request: DemoRequest): DemoResponse {
  return cookiesPage(request, new URLSearchParams(request.queryString ?? "name=theme&value=dark&path=/"), "");
}

/** POST /cookies */
export function setCookieFromForm(request: DemoRequest): DemoResponse {
  const { form } = request;
  return withCookie(request, "Cookie set.", { value: form.get("value") ?? "", ...attributesOf(form) });
}

/** POST /cookies/delete: a cookie is found by name, path and domain, so these are repeated. */
export function deleteCookie(request: DemoRequest): DemoResponse {
  const { secure, path, domain, partitioned } = attributesOf(request.form);
  return withCookie(request, "Cookie deleted.", { value: "", secure, path, domain, partitioned, maxAge: 0 });
}

/** `cookiesResponse` writes the headers at once, so a cookie that no browser would take is refused here. */
function withCookie(
  request: DemoRequest,
  flash: string,
  cookie: { readonly value: string } & CookieAttrs,
): DemoResponse {
  const { form } = request;
  try {
    const answer = {
      ...redirect(`/cookies?${form.toString()}`, "see-other"),
      cookies: { [form.get("name") ?? ""]: cookie },
    };
    return { ...cookiesResponse(answer), flash };
  } catch (error) {
    if (!(error instanceof CookieError)) throw error;
    return { ...cookiesPage(request, form, error.message), status: 400 };
  }
}

/** The attributes of a form. The library checks whether the values make sense. */
function attributesOf(form: URLSearchParams): CookieAttrs {
  const text = (name: string): string | undefined => form.get(name) || undefined;
  const maxAge = text("maxAge");
  const expires = text("expires");
  return {
    domain: text("domain"),
    path: text("path"),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    expires: expires === undefined ? undefined : new Date(`${expires}Z`),
    sameSite: sameSites.find((each) => each === form.get("sameSite")),
    priority: priorities.find((each) => each === form.get("priority")),
    secure: form.has("secure") || undefined,
    httpOnly: form.has("httpOnly") || undefined,
    partitioned: form.has("partitioned") || undefined,
  };
}

function cookiesPage(request: DemoRequest, form: URLSearchParams, error: string): DemoResponse {
  const content = html`
    <p class="lead">Every attribute that a cookie can have. What no browser would take is refused with a reason.</p>
    ${cookieForm(form, error)}
    <h2>What your browser sent</h2>
    ${cookieList(request)}
  `;
  return page(request, "Cookies", content);
}

/** A list of the visitor's other cookies. The session key is nobody's business, not even here. */
function cookieList({ cookies }: DemoRequest): Html {
  const others = Object.entries(cookies).filter(([name]) => name !== sessionCookie && name !== visitorCookie);
  if (others.length === 0) return html`<p>Nothing but what the session and this panel need.</p>`;
  return html`<ul class="cookies">
    ${others.map(([name, { value }]) => html`<li><code>${name}=${shorten(value)}</code></li>`)}
  </ul>`;
}
