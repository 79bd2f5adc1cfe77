import { html, type Html } from "../../html.ts";
import { page, pageOrText } from "../layout.ts";
import type { App, DemoRequest, DemoResponse } from "../types.ts";
import { isUserName } from "./login.ts";

/** GET /luminus */
export function showLuminus(request: DemoRequest): DemoResponse {
  return page(request, "The Luminus routes", links);
}

/** GET /login/:id */
export function setUser(request: DemoRequest, id: string): DemoResponse {
  if (!isUserName(id)) return { ...done(request, "A name has 1 to 40 characters"), status: 400 };
  const session = { ...request.session, user: id };
  return { ...done({ ...request, session }, `User set to: ${id}`), session };
}

/** GET /remove */
export function removeUser(request: DemoRequest): DemoResponse {
  const { user: _user, ...session } = request.session;
  return { ...done({ ...request, session }, "User removed"), session };
}

/** GET /logout */
export function clearSession(request: DemoRequest): DemoResponse {
  return { ...done({ ...request, session: {} }, "Session cleared"), session: null };
}

function done(request: DemoRequest & { readonly session: App }, text: string): DemoResponse {
  return pageOrText(
    request,
    "The Luminus routes",
    html`<p class="result" role="status">${text}</p>
      ${links}`,
    text,
  );
}

const links: Html = html`
  <p class="lead">Luminus, a Clojure framework on Ring, explains sessions with three routes. Here they are.</p>
  <dl class="pages">
    <dt><a href="/login/ada">/login/ada</a></dt>
    <dd><code>session: { ...request.session, user: id }</code></dd>
    <dt><a href="/remove">/remove</a></dt>
    <dd><code>session</code> without its <code>user</code></dd>
    <dt><a href="/logout">/logout</a></dt>
    <dd>
      <code>session: null</code>, which does log out. On the page <code>(dissoc response :session)</code> changes
      nothing.
    </dd>
  </dl>
  <p class="note">
    These routes change the session on a GET, as on the page. A real application uses POST for that: any link can send a
    GET, link previews and prefetching browsers send it unasked, and it cannot carry an anti-forgery token. The
    <a href="/login">log-in form</a> does it right.
  </p>
`;
