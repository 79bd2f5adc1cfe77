import { redirect } from "ringlet";

import { html } from "../../html.ts";
import { page } from "../layout.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET /flash: the layout shows a flash on every page. */
export function showFlash(request: DemoRequest): DemoResponse {
  const content = html`
    <p class="lead">What a response puts in <code>flash</code> is on the next request of this session, once.</p>
    <form class="card" method="post" action="/flash">
      <label for="message">Message</label>
      <input id="message" name="message" value="Saved." required maxlength="200" />
      <button>Leave it</button>
    </form>
    <p>The form answers with a redirect and a flash. Reload the page that follows: the message is gone.</p>
    <pre tabindex="0"><code>return {
  ...redirect("/flash", "see-other"),
  flash: message,
};</code></pre>
  `;
  return page(request, "Flash", content);
}

/** POST /flash */
export function leaveFlash(request: DemoRequest): DemoResponse {
  const message = request.form.get("message") ?? "";
  return { ...redirect("/flash", "see-other"), flash: message.slice(0, 200) };
}
