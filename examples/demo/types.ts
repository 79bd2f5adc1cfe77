/** The requests and responses of the demo's handlers. */
import type {
  CookiesRequest,
  CookiesResponse,
  FlashRequest,
  FlashResponse,
  Request,
  Response,
  SessionRequest,
  SessionResponse,
} from "ringlet";

import type { FormRequest } from "./form.ts";
import type { PanelRequest } from "./panel/panel.ts";

/** The session of the demo. */
export interface App {
  readonly user?: string;
  readonly visits?: number;
}

/** A request after all middleware has added its part. */
export type DemoRequest = Request &
  CookiesRequest &
  SessionRequest<App> &
  FlashRequest<string> &
  FormRequest &
  PanelRequest;

/** A response, with its properties for cookies, the session and the flash. */
export type DemoResponse = Response & CookiesResponse & SessionResponse<App> & FlashResponse<string>;

/** A handler for one route. `parameter` is the part of the path that stands for `:id`. */
export type Page = (request: DemoRequest, parameter: string) => DemoResponse;
