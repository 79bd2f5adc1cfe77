import Libsql from "libsql";
import { cookieStore, generateKey, memoryStore, type SessionStore } from "ringlet";
import { serve, type RunningServer } from "ringlet/node";
import { sqliteStore } from "ringlet/stores/sqlite";
import { cookieJar } from "ringlet/testing";
import type { TestContext } from "node:test";
import { createApp } from "../../examples/demo/app.ts";

/** The stores of the demo, as functions that make a new one. */
export const stores: readonly { readonly name: string; readonly make: () => SessionStore }[] = [
  { name: "memory", make: () => memoryStore() },
  { name: "cookie", make: () => cookieStore({ key: generateKey() }) },
  // libsql works on every Node.
  { name: "sqlite", make: () => sqliteStore(new Libsql(":memory:")) },
];

/** Serves the demo. Port 0 is any free port. */
export function serveDemo(store: SessionStore = memoryStore(), name = "memory", port = 0): Promise<RunningServer> {
  return serve(createApp(store, name), { port, host: "127.0.0.1", closeTimeout: 100 });
}

/** Serves the demo until the test ends. Returns its URL. */
export async function demo(t: TestContext, store?: SessionStore, name?: string): Promise<string> {
  const server = await serveDemo(store, name);
  t.after(() => server.close());
  return server.url;
}

/** An answer of the demo. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly setCookies: readonly string[];
  readonly body: string;
}

/** A browser or curl. It keeps cookies, and does not follow redirects. */
export interface Client {
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, form?: Readonly<Record<string, string>>) => Promise<Answer>;
  /** Returns the value of the session's cookie. */
  readonly sessionKey: () => string | undefined;
  /** Puts a session cookie with this key into the jar. */
  readonly useKey: (key: string) => void;
}

/** Makes a client: a browser, or curl with another `accept`. */
export function client(url: string, accept = "text/html"): Client {
  const jar = cookieJar();
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const cookie = jar.header(path.split("?")[0]);
    const headers = { accept, ...(cookie !== undefined && { cookie }) };
    const response = await fetch(url + path, { ...init, headers, redirect: "manual" });
    const setCookies = response.headers.getSetCookie();
    jar.take({ headers: { "set-cookie": setCookies } });
    return { status: response.status, headers: response.headers, setCookies, body: await response.text() };
  };
  return {
    get: (path) => send(path, {}),
    post: (path, form) => send(path, { method: "POST", ...(form && { body: new URLSearchParams(form) }) }),
    sessionKey: () => jar.get("ring-session"),
    useKey: (key) => jar.take({ headers: { "set-cookie": `ring-session=${key}; Path=/` } }),
  };
}
