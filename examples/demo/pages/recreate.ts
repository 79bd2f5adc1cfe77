import { redirect } from "ringlet";

import { html } from "../../html.ts";
import { page } from "../layout.ts";
import { sessionHtml } from "../session-html.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET /recreate */
export function showRecreate(request: DemoRequest): DemoResponse {
  const content = html`
    <p class="lead">
      <code>sessionRecreate</code> alone: the same session under a new key. The old key is worth nothing afterwards.
    </p>
    ${sessionHtml(request)}
    <form method="post" action="/recreate">
      <button>Give it a new key</button>
    </form>
    <pre tabindex="0"><code>return {
  ...redirect("/recreate", "see-other"),
  sessionRecreate: true,
};</code></pre>
    <p class="note">
      Do it when somebody gains rights, together with the new session, as the <a href="/login">log-in form</a> does.
      Without a session there is nothing to renew, and nothing happens.
    </p>
  `;
  return page(request, "New key", content);
}

/** POST /recreate */
export function recreate(): DemoResponse {
  return { ...redirect("/recreate", "see-other"), sessionRecreate: true };
}
