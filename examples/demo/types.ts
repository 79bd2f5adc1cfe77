/** What the handlers of the demo get, and what they answer. */
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

/** What a session holds here. */
export interface App {
  readonly user?: string;
  readonly visits?: number;
}

/** A request when all middleware has added its part. */
export type DemoRequest = Request &
  CookiesRequest &
  SessionRequest<App> &
  FlashRequest<string> &
  FormRequest &
  PanelRequest;

/** A response, and what it says of cookies, the session and the flash. */
export type DemoResponse = Response & CookiesResponse & SessionResponse<App> & FlashResponse<string>;

/** A handler for one route; `parameter` is what stands for `:id` in its path. */
export type Page = (request: DemoRequest, parameter: string) => DemoResponse;
