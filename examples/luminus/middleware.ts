/** The `<app>.middleware` namespace of the page. */
import { wrapAntiForgery, wrapFlash, wrapSession, type Handler, type SessionOptions } from "ringlet";
import { assocIn, siteDefaults, wrapDefaults } from "ringlet/defaults";
import { wrapFormats } from "ringlet/middleware/formats";
import { wrapNpmAssets } from "ringlet/middleware/npm-assets";

import { dataPage, dataText } from "./layout.ts";
import { thread } from "./thread.ts";
import type { App, AppRequest, AppResponse, BaseRequest, DataResponse } from "./types.ts";
import { wrapContext } from "./wrap-context.ts";
import { wrapDev } from "./wrap-dev.ts";
import { wrapInternalError } from "./wrap-internal-error.ts";

/** The options of the application. */
export interface AppOptions {
  /** How sessions are kept. Default: in memory, for 30 minutes without a request. */
  readonly session?: SessionOptions<App>;
  /** The path below which the application is mounted. Default `""`. */
  readonly context?: string;
  /** Whether errors are shown, with stack and request. Default false. */
  readonly dev?: boolean;
}

/** The folder of the files. The compiled example is elsewhere, so the path starts at the package. */
const resources = new URL("examples/luminus/public/", import.meta.resolve("ringlet/package.json"));

/*
 * (defn wrap-base [handler]
 *   (-> handler
 *     wrap-dev
 *     wrap-formats
 *     wrap-webjars
 *     (wrap-defaults
 *       (-> site-defaults
 *         (assoc-in [:security :anti-forgery] false)
 *         (dissoc :session)))
 *     wrap-flash
 *     wrap-session
 *     wrap-context
 *     wrap-internal-error))
 */
export function wrapBase(handler: Handler<BaseRequest, AppResponse | DataResponse>, options: AppOptions = {}): Handler {
  const { session, context, dev = false } = options;
  const { session: _, ...defaults } = assocIn(siteDefaults, ["security", "antiForgery"], false);
  return thread(
    handler,
    (inner) => (dev ? wrapDev(inner) : inner),
    (inner) => wrapFormats(inner, { html: dataPage, text: dataText }),
    (inner) => wrapNpmAssets(inner, { packages: ["bulma"], from: import.meta.url }),
    (inner) => wrapDefaults(inner, assocIn(defaults, ["static", "resources"], resources)),
    (inner) => wrapFlash(inner),
    (inner) => wrapSession(inner, session),
    (inner) => wrapContext(inner, context),
    (inner) => wrapInternalError(inner),
  );
}

/** For the routes with forms, as `wrap-csrf` in a Luminus application. */
export function wrapCsrf(handler: Handler<AppRequest, AppResponse>): Handler<BaseRequest, AppResponse> {
  return wrapAntiForgery(handler);
}
