/** Compojure's `defroutes`, as far as the page needs it: routes from a method and a path to a handler. */
import { match, type MatchFunction } from "path-to-regexp";

import type { Awaitable, Request } from "ringlet";

/** Parameters of a path: `id` in `/login/:id`. */
type PathParams = Partial<Record<string, string | string[]>>;

interface Route<Req, Res> {
  readonly method: string;
  readonly matches: MatchFunction<PathParams>;
  readonly handler: (request: Req, params: PathParams) => Awaitable<Res | null | undefined>;
}

/** A route for GET, and for HEAD: the server leaves the body out. */
export function GET<Req, Res>(path: string, handler: Route<Req, Res>["handler"]): Route<Req, Res> {
  return { method: "GET", matches: match(path), handler };
}

export function POST<Req, Res>(path: string, handler: Route<Req, Res>["handler"]): Route<Req, Res> {
  return { method: "POST", matches: match(path), handler };
}

/** A handler that calls the first route that matches. Returns undefined if none does. */
export function routes<Req extends Request, Res>(
  ...table: readonly Route<Req, Res>[]
): (request: Req) => Awaitable<Res | null | undefined> {
  return (request) => {
    const method = request.method === "HEAD" ? "GET" : request.method;
    for (const route of table) {
      const found = route.method === method && matched(route.matches, request.uri);
      if (found) return route.handler(request, found.params);
    }
    return undefined;
  };
}

/** Matches a path. A path with malformed percent codes matches no route. */
function matched(matches: MatchFunction<PathParams>, path: string): ReturnType<MatchFunction<PathParams>> {
  try {
    return matches(path);
  } catch {
    return false;
  }
}
