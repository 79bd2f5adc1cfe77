/** The handlers of the Luminus page on sessions, and the pages of an account in the same manner. */
import { redirect, response, type Response, type SessionResponse } from "ringlet";

import { isUploadedFile } from "ringlet/middleware/multipart-params";

import { accountPage, homePage, loginPage, render } from "./layout.ts";
import type { App, AppRequest, AppResponse, BaseRequest, DataResponse } from "./types.ts";

const text = { "content-type": "text/plain; charset=utf-8" };

/** GET /login/:id */
export function setUser(id: string, { session }: BaseRequest): Response & SessionResponse<App> {
  return { ...response(`User set to: ${id}`), session: { ...session, user: id }, headers: text };
}

/** GET /remove */
export function removeUser(request: BaseRequest): Response & SessionResponse<App> {
  const { user: _, ...session } = request.session;
  return { ...response("User removed"), session, headers: text };
}

/** GET /logout. The page has `(dissoc :session)`, which changes nothing. Null is what logs out. */
export function clearSession(): Response & SessionResponse<App> {
  return { ...response("Session cleared"), session: null, headers: text };
}

/** GET / */
export function home(request: AppRequest): AppResponse {
  return render(homePage(request));
}

/** GET /account/login */
export function showLogin(request: AppRequest): AppResponse {
  return render(loginPage(request));
}

/** POST /account/login: a new key for the session, and a flash across the redirect. */
export function logIn({ context, params, session }: AppRequest): AppResponse {
  const { userName } = params;
  if (typeof userName !== "string" || userName.trim() === "" || userName.length > 40) {
    return { ...redirect(`${context}/account/login`, "see-other"), flash: "A name has 1 to 40 characters." };
  }
  return {
    ...redirect(`${context}/account`, "see-other"),
    session: { ...session, user: userName },
    sessionRecreate: true,
    flash: `Welcome, ${userName}!`,
  };
}

/** GET /account */
export function account(request: AppRequest): AppResponse {
  const { user } = request.session;
  if (user === undefined) return redirect(`${request.context}/account/login`, "see-other");
  return render(accountPage(request, user));
}

/** POST /account/photo: a file from a form, uploaded into a temporary file. */
export function setPhoto({ context, params, session }: AppRequest): AppResponse {
  const { photo } = params;
  if (!isUploadedFile(photo) || photo.size === 0) {
    return { ...redirect(`${context}/account`, "see-other"), flash: "Choose a file." };
  }
  const { filename, size } = photo;
  return {
    ...redirect(`${context}/account`, "see-other"),
    session: { ...session, photo: { filename, size } },
    flash: `${filename} has ${size} bytes.`,
  };
}

/** POST /account/logout */
export function logOut({ context }: AppRequest): AppResponse {
  return { ...redirect(`${context}/`, "see-other"), session: null, flash: "Goodbye." };
}

/** GET /api/session: data, which `wrapFormats` encodes. */
export function describe({ session }: BaseRequest): DataResponse {
  return { body: { user: session.user ?? null } };
}

/** GET /broken: for `wrapDev` and `wrapInternalError` to show. */
export function fail(): never {
  throw new Error("This route is broken, so that you can see what then happens.");
}
