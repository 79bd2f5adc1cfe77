import type { Awaitable, CookiesResponse, Request, Response, SessionData, SessionRequest } from "../types.ts";

/** What an anti-forgery middleware adds to a request. */
export interface AntiForgeryRequest {
  /**
   * The token for the forms of this response, or for a header of its scripts. It is made when it is read: a response
   * that nobody reads it for makes no session. Under `wrapAntiForgery` a copy of the request, `{ ...request }`, reads it; on
   * a framework's request it does not.
   */
  readonly antiForgeryToken: string;
}

/** A request as a strategy gets it. */
export type StrategyRequest = Request & Partial<SessionRequest<object>>;

/** A response as a strategy gets it. */
export type StrategyResponse = Response &
  CookiesResponse & {
    readonly session?: SessionData | null | ((current: SessionData) => SessionData | null) | undefined;
    readonly sessionRecreate?: boolean | undefined;
  };

/** Where tokens are kept, and how they are compared: Ring's `Strategy` protocol. A plain object of functions is one. */
export interface AntiForgeryStrategy {
  /** Answers a token to show. Called at most once for a request, and only where somebody reads the token. */
  readonly getToken: (request: StrategyRequest) => string;
  /** Judges the token that came with a request. `"none"`: the visitor has none that it could be compared with. */
  readonly checkToken: (request: StrategyRequest, token: string) => Awaitable<"valid" | "wrong" | "none">;
  /** Answers the response that keeps the token. `token` is the one that was shown; undefined where nobody read it. */
  readonly writeToken: (
    request: StrategyRequest,
    response: StrategyResponse,
    token: string | undefined,
  ) => Awaitable<StrategyResponse>;
  /** Answers the request as handlers see it, without what the strategy keeps in it. Default: as it is. */
  readonly hideToken?: ((request: StrategyRequest) => StrategyRequest) | undefined;
}
