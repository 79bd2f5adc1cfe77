import type {
  AntiForgeryRequest,
  CookiesResponse,
  FlashRequest,
  FlashResponse,
  Request,
  Response,
  SessionRequest,
  SessionResponse,
} from "ringlet";
import type { FormatsResponse } from "ringlet/middleware/formats";
import type { ParamsRequest } from "ringlet/middleware/params";

import type { ContextRequest } from "./wrap-context.ts";

/** What this application keeps in a session. */
export interface App {
  readonly user?: string;
  readonly photo?: { readonly filename: string; readonly size: number };
}

/** A request behind `wrapBase`. */
export type BaseRequest = Request & ContextRequest & ParamsRequest & SessionRequest<App> & FlashRequest<string>;

/** A request behind `wrapCsrf` too. */
export type AppRequest = BaseRequest & AntiForgeryRequest;

/** What a handler may answer. */
export type AppResponse = Response & CookiesResponse & SessionResponse<App> & FlashResponse<string>;

/** What one may answer that leaves it to `wrapFormats` to write data down. */
export type DataResponse = FormatsResponse & SessionResponse<App> & FlashResponse<string>;
