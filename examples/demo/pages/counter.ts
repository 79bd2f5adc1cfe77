import { html } from "../../html.ts";
import { origin, pageOrText } from "../layout.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";

/** GET /counter */
export function countVisit(request: DemoRequest): DemoResponse {
  return {
    ...counterPage(request, (request.session.visits ?? 0) + 1),
    session: (current) => ({ ...current, visits: (current.visits ?? 0) + 1 }),
  };
}

function counterPage(request: DemoRequest, visits: number): DemoResponse {
  const url = `${origin(request)}/counter`;
  const unit = visits === 1 ? "visit in this session" : "visits in this session";
  const content = html`
    <p class="counter"><strong>${visits}</strong> ${unit}</p>
    <p><a class="button" href="/counter">Count again</a></p>
    <p>
      The session of the response is a function. It gets the newest session, not the one that this request read, so two
      requests at once count as two.
    </p>
    <pre tabindex="0"><code>session: (current) => ({
  ...current,
  visits: (current.visits ?? 0) + 1,
})</code></pre>
    <h2>A hundred at once</h2>
    <pre tabindex="0"><code>curl -s -c jar ${url}
seq 99 | xargs -P 25 -I{} curl -s -o log -b jar ${url}
curl -s -b jar ${url}</code></pre>
    <p class="note">
      The memory store says 101. A sealed cookie cannot: nothing on the server knows of the other requests, so each of
      them counts on from the same cookie.
    </p>
  `;
  return pageOrText(request, "Visit counter", content, `${visits} ${unit}`);
}
