import { wrapCookies, wrapFlash, wrapSession, type Handler, type SessionStore } from "ringlet";

import { wrapForm } from "./form.ts";
import { createPanel } from "./panel/panel.ts";
import { routes } from "./routes.ts";
import { wrapSecurityHeaders } from "./security-headers.ts";
import { staticFiles } from "./static-files.ts";

/** The sealed cookie of "remember me" is good for a week, so the server must be willing for as long. */
const week = 7 * 24 * 3600;

/** The whole application: a handler, and middleware around it. What stands first sees the request first. */
export function createApp(store: SessionStore, storeName: string): Handler {
  const panel = createPanel(storeName);
  const session = { store: panel.observe(store), onEvent: panel.hear, timeout: { idle: week } };
  const pages = panel.record(wrapCookies(wrapSession(wrapFlash(panel.watch(wrapForm(routes))), session)));
  return wrapSecurityHeaders((request) => staticFiles(request) ?? panel.json(request) ?? pages(request));
}
