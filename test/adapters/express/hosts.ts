import { createServer, type ServerResponse } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";

import connect from "connect";
import express from "express";
import express4 from "express4";

import {
  discardOnError,
  type Next,
  type NodeRequest,
  type NodeResponse,
  type SessionDraft,
  type SessionMiddleware,
} from "../../../src/adapters/express.ts";
import { cookieJar, type CookieJar } from "../../../src/testing/testing.ts";
import { listen } from "../../support/listen.ts";

export interface App {
  user?: string;
  n?: number;
  cart?: { items: string[] };
  when?: Date;
}

export type Draft = SessionDraft<App, string>;
export type Sessions = SessionMiddleware<App, string>;

/** The work of the handler for one request. The handler ends a response that the act has not written. */
export type Act = (draft: Draft, response: ServerResponse, next: Next, request: NodeRequest) => unknown;

type Middleware = (request: NodeRequest, response: NodeResponse, next: Next) => unknown;
type ErrorMiddleware = (error: unknown, request: NodeRequest, response: NodeResponse, next: Next) => unknown;

/** A framework, as a function that makes a listener of middleware, a handler and an error handler. */
export type Host = (
  before: readonly Middleware[],
  handler: Middleware,
  answer: ErrorMiddleware,
) => (request: NodeRequest, response: NodeResponse) => void;

/** Calls middleware without a framework, one callback after the other. */
const plain: Host = (before, handler, answer) => (request, response) => {
  const chain = [...before, handler];
  const step = (error?: unknown): void => {
    if (error !== undefined) return void answer(error, request, response, step);
    void chain.shift()?.(request, response, step);
  };
  step();
};

const onExpress =
  (make: typeof express): Host =>
  (before, handler, answer) => {
    const app = make();
    for (const each of [...before, handler]) app.use((req, res, next) => void each(req, res, next));
    app.use(discardOnError);
    app.use((error: unknown, req: express.Request, res: express.Response, next: express.NextFunction) =>
      answer(error, req, res, next),
    );
    return app as unknown as ReturnType<Host>;
  };

const onConnect: Host = (before, handler, answer) => {
  const app = connect();
  for (const each of [...before, handler]) app.use((req, res, next) => void each(req, res, next));
  app.use(discardOnError);
  app.use((error: unknown, req: NodeRequest, res: NodeResponse, next: Next) => void answer(error, req, res, next));
  return app as unknown as ReturnType<Host>;
};

export const hosts: Readonly<Record<string, Host>> = {
  "Express 5": onExpress(express),
  "Express 4": onExpress(express4),
  Connect: onConnect,
  "node:http": plain,
  "node:http2": plain,
};

export interface Answer {
  readonly status: number;
  /** The reason phrase, which HTTP/2 does not have. */
  readonly statusText?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Site {
  readonly port: number;
  /** Makes a browser. Each of its requests runs an act, and returns the answer. */
  readonly visitor: (jar?: CookieJar) => Send;
  /** Registers an act, and returns the path that runs it. */
  readonly route: (act: Act) => string;
  /** The errors that the error handler got. */
  readonly errors: unknown[];
}

export type Send = (act?: Act, method?: string) => Promise<Answer>;

/** Serves the session middleware in a host until the test ends. */
export async function site(
  t: TestContext,
  name: string,
  sessions: Sessions,
  more: { readonly before?: readonly Middleware[]; readonly after?: readonly Middleware[] } = {},
): Promise<Site> {
  const acts: Act[] = [];
  const errors: unknown[] = [];
  const handler: Middleware = (request, response, next) => {
    const act = acts[Number(request.url?.slice(1))] ?? (() => undefined);
    const done = act(sessions.of(request), response as ServerResponse, next, request);
    if (done !== LATER && !response.headersSent) response.end(String(done ?? "ok"));
  };
  const answer: ErrorMiddleware = (error, _request, response) => {
    errors.push(error);
    const { status = 500 } = error as { readonly status?: number };
    response.statusCode = status;
    response.end("an error");
  };
  const host = hosts[name] ?? plain;
  const listener = host([...(more.before ?? []), sessions, ...(more.after ?? [])], handler, answer);
  const isHttp2 = name === "node:http2";
  const server = isHttp2 ? createHttp2Server(listener) : createServer(listener);
  const { port, close } = await listen(server);
  t.after(close);
  const ask = isHttp2 ? askHttp2(t, port) : askHttp(port);
  const route = (act: Act): string => `/${acts.push(act) - 1}`;
  const visitor = (jar = cookieJar()): Send => {
    return async (act = () => undefined, method = "GET") => {
      const cookie = jar.header();
      const answered = await ask(route(act), method, cookie === undefined ? {} : { cookie });
      jar.take({ headers: { "set-cookie": answered.headers["set-cookie"] } });
      return answered;
    };
  };
  return { port, visitor, route, errors };
}

/** The result of an act that ends the response itself, perhaps later. */
export const LATER: unique symbol = Symbol("later");

type Ask = (path: string, method: string, headers: Record<string, string>) => Promise<Answer>;

function askHttp(port: number): Ask {
  return async (path, method, headers) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, redirect: "manual" });
    const fields = { ...Object.fromEntries(response.headers), "set-cookie": response.headers.getSetCookie() };
    return { status: response.status, statusText: response.statusText, headers: fields, body: await response.text() };
  };
}

function askHttp2(t: TestContext, port: number): Ask {
  const client = connectHttp2(`http://127.0.0.1:${port}`);
  t.after(() => client.destroy());
  return async (path, method, headers) => {
    const stream = client.request({ ":path": path, ":method": method, ...headers });
    const [fields] = await new Promise<[Record<string, string | string[] | undefined>]>((resolve, reject) => {
      stream.once("response", (head) => resolve([head]));
      stream.once("error", reject);
    });
    return { status: Number(fields[":status"]), headers: fields, body: String(await buffer(stream)) };
  };
}
