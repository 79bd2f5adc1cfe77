import { html } from "../../html.ts";
import { origin, page, pages } from "../layout.ts";
import { sessionHtml } from "../session-html.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET / */
export function showHome(request: DemoRequest): DemoResponse {
  const content = html`
    <p class="lead">
      A handler gets a request and answers a response, both plain data. The session is on both: the request carries what
      was read, the response says what should become of it.
    </p>
    ${sessionHtml(request)}
    <dl class="pages">
      ${pages.slice(1).map(
        ({ path, name, shows }) =>
          html`<dt><a href="${path}">${name}</a></dt>
            <dd>${shows}</dd> `,
      )}
    </dl>
    <h2>From a terminal</h2>
    <pre tabindex="0"><code>curl -i -b jar -c jar ${origin(request)}/login/ada
curl -i -b jar -c jar ${origin(request)}/logout

curl -b jar -c jar ${origin(request)}/panel.json</code></pre>
    <p class="note">
      curl is shown the panel as text. From the first <code>/panel.json</code> on it is kept for the jar, too.
    </p>
  `;
  return page(request, "Sessions as data", content);
}
