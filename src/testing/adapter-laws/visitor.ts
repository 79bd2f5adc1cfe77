import { parseSetCookie, type SetCookie } from "cookie";

import type { SessionData } from "../../types.ts";
import type { Command, Plan } from "./plan.ts";
import { ANSWER_DEADLINE } from "./connection.ts";
import { type CookieJar, cookieJar } from "../fakes/cookie-jar.ts";

/** The name of the session's cookie in the laws. */
export const COOKIE = "ring-session";

/** Browser of the laws. */
export interface LawVisitor {
  readonly jar: CookieJar;
  /** Sends a request. Resolves as soon as the head of the response is there. */
  readonly open: (plan: Plan, more?: RequestParts) => Promise<ReplyHead>;
  /** Sends a request. Resolves when the whole response is there. */
  readonly send: (plan: Plan, more?: RequestParts) => Promise<Reply>;
  /** Returns the session, as another request sees it. */
  readonly session: () => Promise<SessionData>;
}

/** Properties of a request. Its `cookie` replaces that of the jar. */
export interface RequestParts {
  readonly method?: string;
  readonly cookie?: string;
  readonly signal?: AbortSignal;
}

/** Head of a response. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly setCookies: readonly string[];
  /** The session's cookie, if it is set. */
  readonly cookie: SetCookie | undefined;
  /** Returns the rest of the body. */
  readonly rest: () => Promise<string>;
}

/** Complete response. */
export interface Reply extends ReplyHead {
  readonly body: string;
  /** What the handler saw; undefined if the status is not 200. */
  readonly seen: Seen | undefined;
}

/** The properties that a handler saw. */
export interface Seen {
  readonly session: SessionData;
  readonly hasKey: boolean;
  readonly flash?: unknown;
}

/** Makes a visitor of a server. */
export function lawVisitor(url: string): LawVisitor {
  const jar = cookieJar();
  const open = async (plan: Plan, { method = "GET", cookie = jar.header(), signal }: RequestParts = {}) => {
    const opened = await request(targetOf(url, plan), method, cookie, signal);
    jar.take({ headers: { "set-cookie": opened.setCookies } });
    return opened;
  };
  const send = async (plan: Plan, more?: RequestParts): Promise<Reply> => {
    const opened = await open(plan, more);
    const body = await opened.rest();
    return { ...opened, body, seen: opened.status === 200 ? seenIn(body) : undefined };
  };
  return { jar, open, send, session: async () => (await send({})).seen?.session ?? {} };
}

/** Returns the URL of a request with a plan. */
export function targetOf(url: string, plan: Plan): URL {
  return new URL(`/?plan=${encodeURIComponent(JSON.stringify(plan))}`, url);
}

/** Returns what a handler saw, from the first line of its response. */
export function seenIn(body: string): Seen | undefined {
  const [line = ""] = body.split("\n");
  return line === "" ? undefined : (JSON.parse(line) as Seen);
}

/** Sends a command to the application, by a request without a cookie. */
export async function sendCommand(url: string, command: Command): Promise<unknown> {
  const target = new URL(`/?command=${encodeURIComponent(JSON.stringify(command))}`, url);
  const { status, rest } = await request(target, "GET", undefined, undefined);
  const body = await rest();
  if (status === 200) return JSON.parse(body) as unknown;
  throw new Error(`a request without a cookie was answered ${status}: ${body.slice(0, 200)}`);
}

async function request(
  target: URL,
  method: string,
  cookie: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReplyHead> {
  const deadline = AbortSignal.timeout(ANSWER_DEADLINE);
  const response = await fetch(target, {
    method,
    redirect: "manual",
    headers: cookie === undefined ? {} : { cookie },
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
  const setCookies = response.headers.getSetCookie();
  return {
    status: response.status,
    headers: response.headers,
    setCookies,
    cookie: setCookies.map((line) => parseSetCookie(line)).find(({ name }) => name === COOKIE),
    rest: () => response.text(),
  };
}
