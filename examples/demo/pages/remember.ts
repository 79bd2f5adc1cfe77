import { redirect } from "ringlet";

import { html } from "../../html.ts";
import { page } from "../layout.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET /remember */
export function showRemember(request: DemoRequest): DemoResponse {
  const content = html`
    <p class="lead">
      <code>sessionCookieAttrs</code> are attributes of the session cookie for one response. The cookie is sent again
      with them; the session stays as it is.
    </p>
    <form class="card" method="post" action="/remember">
      <fieldset>
        <legend>Keep me logged in</legend>
        <label class="check"><input type="radio" name="until" value="week" checked /> for a week</label>
        <label class="check"><input type="radio" name="until" value="close" /> until the browser closes</label>
      </fieldset>
      <button>Remember</button>
    </form>
    <pre tabindex="0"><code>sessionCookieAttrs: { maxAge: 7 * 24 * 3600 }</code></pre>
    <p class="note">
      The cookie is only the browser's half: how long the server keeps a session is <code>timeout.idle</code>, a week in
      this application. The next cookie of the session (a new key, or any change to a sealed one) has its usual
      attributes again.
    </p>
  `;
  return page(request, "Remember me", content);
}

/** POST /remember */
export function remember(request: DemoRequest): DemoResponse {
  const isForWeek = request.form.get("until") === "week";
  return {
    ...redirect("/remember", "see-other"),
    sessionCookieAttrs: isForWeek ? { maxAge: 7 * 24 * 3600 } : {},
    flash: isForWeek ? "Remembered for a week." : "Remembered until the browser closes.",
  };
}
