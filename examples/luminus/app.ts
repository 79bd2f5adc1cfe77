/** The `<app>.handler` namespace: routes, and the middleware round them. */
import type { Handler } from "ringlet";

import {
  account,
  clearSession,
  describe,
  fail,
  home,
  logIn,
  logOut,
  removeUser,
  setPhoto,
  setUser,
  showLogin,
} from "./home.ts";
import { type AppOptions, wrapBase, wrapCsrf } from "./middleware.ts";
import { GET, POST, routes } from "./routes.ts";
import type { AppRequest, AppResponse, BaseRequest, DataResponse } from "./types.ts";

/** The routes of the Luminus page. A GET that changes a session is for a page about sessions, not for a site. */
const pageRoutes = routes<BaseRequest, AppResponse>(
  GET("/login/:id", (request, { id }) => setUser(String(id), request)),
  GET("/remove", (request) => removeUser(request)),
  GET("/logout", () => clearSession()),
);

const homeRoutes = routes<AppRequest, AppResponse>(
  GET("/", home),
  GET("/account", account),
  GET("/account/login", showLogin),
  POST("/account/login", logIn),
  POST("/account/photo", setPhoto),
  POST("/account/logout", logOut),
);

const apiRoutes = routes<BaseRequest, DataResponse>(GET("/api/session", describe), GET("/broken", fail));

/** The whole application. */
export function createApp(options?: AppOptions): Handler {
  const home = wrapCsrf(homeRoutes);
  return wrapBase(
    async (request) => (await pageRoutes(request)) ?? (await apiRoutes(request)) ?? (await home(request)),
    options,
  );
}
