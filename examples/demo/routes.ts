import type { Handler } from "ringlet";

import { html } from "../html.ts";
import { page } from "./layout.ts";
import { deleteCookie, setCookieFromForm, showCookies } from "./pages/cookies.ts";
import { countVisit } from "./pages/counter.ts";
import { leaveFlash, showFlash } from "./pages/flash.ts";
import { showHome } from "./pages/home.ts";
import { logIn, logOut, showLogin } from "./pages/login.ts";
import { clearSession, removeUser, setUser, showLuminus } from "./pages/luminus.ts";
import { recreate, showRecreate } from "./pages/recreate.ts";
import { remember, showRemember } from "./pages/remember.ts";
import { answerRow, makeUpCookie, showTable } from "./pages/table.ts";
import type { DemoRequest, DemoResponse, Page } from "./types.ts";

const table: Readonly<Record<string, Page>> = {
  "GET /": showHome,

  "GET /luminus": showLuminus,
  "GET /login/:id": setUser,
  "GET /remove": removeUser,
  "GET /logout": clearSession,

  "GET /login": showLogin,
  "POST /login": logIn,
  "POST /logout": logOut,

  "GET /counter": countVisit,

  "GET /flash": showFlash,
  "POST /flash": leaveFlash,

  "GET /cookies": showCookies,
  "POST /cookies": setCookieFromForm,
  "POST /cookies/delete": deleteCookie,

  "GET /remember": showRemember,
  "POST /remember": remember,

  "GET /recreate": showRecreate,
  "POST /recreate": recreate,

  "GET /table": showTable,
  "POST /table/:row": answerRow,
  "POST /made-up": makeUpCookie,
};

/** A handler for all pages. An unknown path gets a 404, another method a 405. */
export const routes: Handler<DemoRequest, DemoResponse> = (request) => {
  const found = Object.entries(table).flatMap(([route, show]) => {
    const [method = "", path = ""] = route.split(" ");
    const parameter = match(path, request.uri);
    return parameter === undefined ? [] : [{ method, show, parameter }];
  });
  // The server leaves the body out, so a HEAD is handled as a GET.
  const wanted = request.method === "HEAD" ? "GET" : request.method;
  const route = found.find(({ method }) => method === wanted);
  if (route !== undefined) return route.show(request, route.parameter);
  if (found.length > 0) return { status: 405, headers: { allow: found.map(({ method }) => method).join(", ") } };
  return { ...page(request, "Not found", html`<p>There is no page <code>${request.uri}</code>.</p>`), status: 404 };
};

/** The part of the URI for the `:name` of a path, or `""` if the path has none. Undefined if they do not match. */
function match(path: string, uri: string): string | undefined {
  const [start = "", name] = path.split(":");
  if (name === undefined) return uri === path ? "" : undefined;
  const rest = uri.slice(start.length);
  return uri.startsWith(start) && rest !== "" && !rest.includes("/") ? decoded(rest) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
