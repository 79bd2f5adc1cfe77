import { wrapCookies, wrapFlash, wrapSession, type Handler, type SessionStore } from "ringlet";

import { wrapForm } from "./form.ts";
import { createPanel } from "./panel/panel.ts";
import { routes } from "./routes.ts";
import { wrapSecurityHeaders } from "./security-headers.ts";
import { staticFiles } from "./static-files.ts";

/** Seconds of a week. The cookie of "remember me" lasts a week, so the server must keep a session for as long. */
const week = 7 * 24 * 3600;

/** The whole application: a handler, and middleware around it. The first middleware sees the request first. */
export function createApp(store: SessionStore, storeName: string): Handler {
  const panel = createPanel(storeName);
  const session = { store: panel.observe(store), onEvent: panel.hear, timeout: { idle: week } };
  const pages = panel.record(wrapCookies(wrapSession(wrapFlash(panel.watch(wrapForm(routes))), session)));
  return wrapSecurityHeaders((request) => staticFiles(request) ?? panel.json(request) ?? pages(request));
}
