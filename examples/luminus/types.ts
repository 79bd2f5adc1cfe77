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

/** The session of this application. */
export interface App {
  readonly user?: string;
  readonly photo?: { readonly filename: string; readonly size: number };
}

/** A request behind `wrapBase`. */
export type BaseRequest = Request & ContextRequest & ParamsRequest & SessionRequest<App> & FlashRequest<string>;

/** A request behind `wrapCsrf` too. */
export type AppRequest = BaseRequest & AntiForgeryRequest;

/** The responses of a handler. */
export type AppResponse = Response & CookiesResponse & SessionResponse<App> & FlashResponse<string>;

/** The responses of a handler whose data `wrapFormats` encodes. */
export type DataResponse = FormatsResponse & SessionResponse<App> & FlashResponse<string>;
