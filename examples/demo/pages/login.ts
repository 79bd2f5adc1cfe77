import { redirect } from "ringlet";

import { html } from "../../html.ts";
import { page } from "../layout.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET /login */
export function showLogin(request: DemoRequest): DemoResponse {
  return loginPage(request, "");
}

/** POST /login: the session gets a new key by `sessionRecreate`, so knowing the old key is of no use. */
export function logIn(request: DemoRequest): DemoResponse {
  const user = request.form.get("name")?.trim() ?? "";
  if (!isUserName(user)) return { ...loginPage(request, user), status: 400 };
  return {
    ...redirect("/", "see-other"),
    session: { ...request.session, user },
    sessionRecreate: true,
    flash: `Welcome, ${user}.`,
  };
}

/** POST /logout: the flash goes into a fresh session, which has nothing of the old one. */
export function logOut(): DemoResponse {
  return { ...redirect("/", "see-other"), session: null, flash: "You are logged out." };
}

/** Whether a name can be used. It must be short, because a session in a cookie has to fit into it. */
export function isUserName(name: string): boolean {
  return name.length > 0 && name.length <= 40;
}

function loginPage(request: DemoRequest, name: string): DemoResponse {
  const isWrong = request.method === "POST";
  const content = html`
    <p class="lead">
      Any name will do. The session moves to a new key, so a key from before the log-in is worth nothing.
    </p>
    <form class="card" method="post" action="/login">
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        value="${name}"
        autocomplete="username"
        required
        maxlength="40"
        ${isWrong ? html`aria-invalid="true" aria-describedby="name-error"` : ""}
      />
      ${isWrong ? html`<p id="name-error" class="error" role="alert">A name has 1 to 40 characters.</p>` : ""}
      <button>Log in</button>
    </form>
    <pre tabindex="0"><code>return {
  ...redirect("/", "see-other"),
  session: { ...request.session, user },
  sessionRecreate: true,
  flash: ${"`Welcome, ${user}.`"},
};</code></pre>
  `;
  return page(request, "Log in", content);
}
