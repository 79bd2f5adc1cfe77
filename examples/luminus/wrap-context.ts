import type { Awaitable } from "ringlet";

/** The part of a request that `wrapContext` adds. */
export interface ContextRequest {
  /** The path below which the application is mounted: `""` at the root, or `"/shop"`. Links begin with it. */
  readonly context: string;
}

/**
 * Middleware for an application that is mounted below a path. It takes the path off the `uri`, and adds it as
 * `context`. For a request of another path it returns null.
 */
export function wrapContext<Req extends ContextRequest & { readonly uri: string }, Res>(
  handler: (request: Req) => Awaitable<Res | null | undefined>,
  context = "",
): (request: Omit<Req, keyof ContextRequest> & { readonly uri: string }) => Awaitable<Res | null | undefined> {
  if (context !== "" && (!context.startsWith("/") || context.endsWith("/"))) {
    throw new TypeError(`wrapContext: context must be "" or a path such as "/shop", got ${JSON.stringify(context)}`);
  }
  return (request) => {
    const { uri } = request;
    if (uri !== context && !uri.startsWith(`${context}/`)) return null;
    return handler({ ...request, context, uri: uri.slice(context.length) || "/" } as unknown as Req);
  };
}
