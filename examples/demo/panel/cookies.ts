import { hash } from "node:crypto";

import { cookiesRequest, getHeader, type Request, type Response } from "ringlet";

import type { ShownCookie } from "./exchange.ts";

/** The cookie of the session: the name that the library gives it by default. */
export const sessionCookie = "ring-session";

/** The panel's own cookie. The panel does not show it. */
export const visitorCookie = "demo-visitor";

/** The short hash of a session key, as in the events of the library. Nobody can use it as a key. */
export function shortHash(key: string): string {
  return hash("sha256", key).slice(0, 12);
}

/** The beginning of a text. The whole may be somebody's secret. */
export function shorten(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 8)}…`;
}

/** The cookies of a request. */
export function cookiesSent(request: Request): readonly ShownCookie[] {
  const cookies = Object.entries(cookiesRequest({ headers: request.headers }).cookies);
  return cookies.filter(([name]) => name !== visitorCookie).map(([name, { value }]) => shown(name, value));
}

/** The cookies that a response sets. */
export function cookiesSet(response: Response): readonly ShownCookie[] {
  return [getHeader(response, "set-cookie") ?? []].flat().map((line) => {
    const [pair = "", ...attributes] = line.split("; ");
    const { cookies } = cookiesRequest({ headers: { cookie: pair } });
    const [name = pair, { value } = { value: "" }] = Object.entries(cookies)[0] ?? [];
    return { ...shown(name, value), attributes: attributes.join("; ") };
  });
}

function shown(name: string, value: string): ShownCookie {
  return name === sessionCookie && value !== "" ? { name, key: shortHash(value) } : { name, value: shorten(value) };
}
