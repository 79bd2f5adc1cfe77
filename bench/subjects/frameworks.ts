/** The frameworks, without sessions or with the middleware of a library. Each has the routes `/read`, `/change`, … . */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Awaitable } from "../../src/index.ts";

import { load, loadDefault } from "./load.ts";
import type { Application, FetchHandler, Listener } from "./subject.ts";
import { answer, kindOf, type Face } from "./work.ts";

/** The parts of Express, Koa, Hono, h3 and Fastify that the bench uses. */
export interface ExpressLike {
  disable(name: string): unknown;
  use(middleware: unknown): unknown;
  get(path: string, handler: (req: ExpressRequest, res: ExpressResponse) => unknown): unknown;
}
export interface ExpressRequest extends IncomingMessage {
  readonly params: { readonly kind: string };
}
interface ExpressResponse extends ServerResponse {
  send(body: string): unknown;
}
export interface KoaLike {
  keys: readonly string[];
  use(middleware: unknown): unknown;
  callback(): Listener;
}
export interface KoaContext {
  readonly path: string;
  body: unknown;
}
export interface HonoContext {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  readonly req: { param(name: string): string };
  text(body: string): Response;
}
export interface HonoLike {
  use(middleware: unknown): unknown;
  get(path: string, handler: (context: HonoContext) => unknown): unknown;
  readonly fetch: FetchHandler;
}
export interface H3Event {
  readonly context: { readonly params: { readonly kind: string } };
}
export interface H3Like {
  use(middleware: unknown): unknown;
  get(path: string, handler: (event: H3Event) => unknown): unknown;
  readonly fetch: FetchHandler;
}
export interface FastifyRequest {
  readonly params: { readonly kind: string };
}
export interface FastifyLike {
  register(plugin: unknown, options?: unknown): PromiseLike<unknown>;
  get(path: string, handler: (request: FastifyRequest) => unknown): unknown;
  ready(): PromiseLike<unknown>;
  readonly routing: Listener;
}

/** `node:http` with no framework. `session` prepares a request, as Connect middleware does. */
export function onNode<C>(
  face: Face<C>,
  contextOf: (request: IncomingMessage, response: ServerResponse) => C,
  session?: (request: IncomingMessage, response: ServerResponse, next: () => void) => void,
): Application {
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const body = answer(face, kindOf(request.url), contextOf(request, response));
    if (typeof body === "string") response.end(body);
    else void body.then((text) => response.end(text));
  };
  if (session === undefined) return { node: serve };
  return { node: (request, response) => session(request, response, () => serve(request, response)) };
}

export async function onExpress(face: Face<ExpressRequest>, session?: unknown): Promise<Application> {
  const app = (await loadDefault<() => ExpressLike>("express"))();
  app.disable("x-powered-by");
  if (session !== undefined) app.use(session);
  app.get("/:kind", (request, response) => {
    const body = answer(face, request.params.kind, request);
    if (typeof body === "string") response.send(body);
    else void body.then((text) => response.send(text));
  });
  return { node: app as unknown as Listener };
}

export async function onFastify(
  face: Face<FastifyRequest>,
  register?: (app: FastifyLike) => Awaitable<unknown>,
): Promise<Application> {
  const app = (await loadDefault<() => FastifyLike>("fastify"))();
  await register?.(app);
  app.get("/:kind", (request) => answer(face, request.params.kind, request));
  await app.ready();
  return { node: (request, response) => app.routing(request, response) };
}

export async function onKoa(face: Face<KoaContext>, session?: (app: KoaLike) => unknown): Promise<Application> {
  const app = new (await loadDefault<new () => KoaLike>("koa"))();
  app.keys = ["a secret of a certain length that signs cookies"];
  if (session !== undefined) app.use(await session(app));
  app.use(async (context: KoaContext) => {
    context.body = await answer(face, kindOf(context.path), context);
  });
  return { node: app.callback() };
}

export async function onHono(face: Face<HonoContext>, session?: unknown): Promise<Application> {
  const { Hono } = await load<{ Hono: new () => HonoLike }>("hono");
  const app = new Hono();
  if (session !== undefined) app.use(session);
  app.get("/:kind", async (context) => context.text(await answer(face, context.req.param("kind"), context)));
  return onFetch((request) => app.fetch(request));
}

export async function onH3(face: Face<H3Event>, session?: unknown): Promise<Application> {
  const { H3, toNodeHandler } = await load<{ H3: new () => H3Like; toNodeHandler: (app: H3Like) => Listener }>("h3");
  const app = new H3();
  if (session !== undefined) app.use(session);
  app.get("/:kind", (event) => answer(face, event.context.params.kind, event));
  return { fetch: (request) => app.fetch(request), listener: async () => toNodeHandler(app) };
}

/** A function from `Request` to `Response`, served by @hono/node-server. */
export function onFetch(fetch: FetchHandler): Application {
  return {
    fetch,
    async listener() {
      const { getRequestListener } = await load<{ getRequestListener: (fetch: FetchHandler) => Listener }>(
        "@hono/node-server",
      );
      return getRequestListener(fetch);
    },
  };
}

/** The kind that a `Request` asks for, with no URL parsed. */
export function kindOfUrl({ url }: Request): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
