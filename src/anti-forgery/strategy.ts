import type { Awaitable, CookiesResponse, Request, Response, SessionData, SessionRequest } from "../types.ts";

/** Property that an anti-forgery middleware adds to a request. */
export interface AntiForgeryRequest {
  /**
   * The token for the forms of this response, or for a header of its scripts. It is made when it is read. If nobody
   * reads it, no session is made for it. Under `wrapAntiForgery` a copy of the request, `{ ...request }`, reads it. A copy
   * of a framework's request does not.
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

/**
 * How the secrets of tokens are kept and compared: Ring's `Strategy` protocol. A strategy is a plain object of
 * functions.
 */
export interface AntiForgeryStrategy {
  /** Returns a token to show. It is called at most once for a request, and only if somebody reads the token. */
  readonly getToken: (request: StrategyRequest) => string;
  /** Checks the token that came with a request. `"none"`: the visitor has no secret to compare the token with. */
  readonly checkToken: (request: StrategyRequest, token: string) => Awaitable<"valid" | "wrong" | "none">;
  /** Returns a response that keeps the secret of `token`, the one that was shown. `token` is undefined if nobody read it. */
  readonly writeToken: (
    request: StrategyRequest,
    response: StrategyResponse,
    token: string | undefined,
  ) => Awaitable<StrategyResponse>;
  /**
   * Returns the request for handlers, without the data that the strategy keeps in it. Default: the request as it is.
   */
  readonly hideToken?: ((request: StrategyRequest) => StrategyRequest) | undefined;
}
