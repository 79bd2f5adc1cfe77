import { inspect } from "node:util";

import { html, type Html } from "../html.ts";
import type { DemoRequest } from "./types.ts";

/** The session as the request carries it. */
export function sessionHtml({ session, sessionKey }: DemoRequest): Html {
  const note =
    sessionKey === undefined ? "There is no session yet." : "This is what the handler of this page was given.";
  return html`<figure class="session">
    <figcaption><code>request.session</code> ${note}</figcaption>
    <code>${inspect(session, { breakLength: Infinity })}</code>
  </figure>`;
}
