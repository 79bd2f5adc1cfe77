import { notFound, redirect } from "ringlet";

import { wantsHtml } from "../accept.ts";
import { html, type Html } from "../../html.ts";
import { origin, page, textWithPanel } from "../layout.ts";
import { sessionCookie } from "../panel/cookies.ts";
import type { DemoRequest, DemoResponse } from "../types.ts";
import { answers, rows, type Had, type Row } from "./table-rows.ts";

/** GET /table: `?row=` marks the row that was just seen. */
export function showTable(request: DemoRequest): DemoResponse {
  const done = new URLSearchParams(request.queryString ?? "").get("row");
  const content = html`
    <p class="lead">
      The whole of what a response can do to a session. <b>K</b> is a key that the store knows. A row can be tried when
      the request would bring what it wants. On the cookie store, <code>renewSession</code> in the panel only asks
      whether the cookie has grown stale.
    </p>
    ${preparations(request)}
    <div class="scroll" tabindex="0" role="region" aria-label="The table">
      <table>
        <thead>
          <tr>
            <th scope="col">Response</th>
            <th scope="col">Request had</th>
            <th scope="col">Store</th>
            <th scope="col">Set-Cookie</th>
            <td></td>
          </tr>
        </thead>
        ${rows.map((row, index) => rowHtml(request, row, String(index) === done))}
      </table>
    </div>
  `;
  return page(request, "What a response does", content);
}

/** POST /table/:row */
export function answerRow(request: DemoRequest, name: string): DemoResponse {
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (answer === undefined) return notFound("There is no such answer in the table.\n");
  const index = rows.findIndex((row) => row.answer === name && row.had.includes(hadBy(request)));
  const row = rows[index];
  const text =
    row === undefined
      ? "No row of the table."
      : `${row.response}; the request had ${hadText(row)}\n  store: ${row.store}\n  Set-Cookie: ${row.cookie}`;
  const shown = wantsHtml(request) ? redirect(`/table?row=${index}`, "see-other") : textWithPanel(request, text);
  return { ...shown, ...answer(request.session) };
}

/** POST /made-up: from now on the browser sends a cookie that the store does not know. */
export function makeUpCookie(): DemoResponse {
  return {
    ...redirect("/table", "see-other"),
    cookies: { [sessionCookie]: { value: "made-up", path: "/", httpOnly: true, sameSite: "lax" } },
  };
}

function hadBy({ sessionKey, cookies }: DemoRequest): Had {
  if (sessionKey !== undefined) return "K";
  return Object.hasOwn(cookies, sessionCookie) ? "unknown" : "none";
}

function preparations(request: DemoRequest): Html {
  const now = { K: "K", unknown: "a cookie that the store does not know", none: "no cookie" }[hadBy(request)];
  return html`<div class="prepare">
    <p>Your browser brings <b>${now}</b>. Make it bring</p>
    ${button("/table/object", "K")} ${button("/made-up", "an unknown cookie")} ${button("/table/null", "no cookie")}
  </div>`;
}

function button(action: string, text: string): Html {
  return html`<form method="post" action="${action}"><button class="quiet">${text}</button></form>`;
}

function rowHtml(request: DemoRequest, row: Row, isDone: boolean): Html {
  const canTry = row.had.includes(hadBy(request));
  return html`<tbody ${isDone ? html`class="done" aria-current="true"` : ""}>
    <tr>
      <th scope="row"><code>${row.response}</code></th>
      <td data-label="Request had">${hadText(row)}</td>
      <td data-label="Store">${row.store}</td>
      <td data-label="Set-Cookie">${row.cookie}</td>
      <td>
        <form method="post" action="/table/${row.answer}">
          <button class="quiet" ${canTry ? "" : html`disabled`} aria-label="Try ${row.response} with ${hadText(row)}">
            Try
          </button>
        </form>
      </td>
    </tr>
    <tr>
      <td colspan="5" class="curl"><code>${curl(request, row)}</code></td>
    </tr>
  </tbody>`;
}

function hadText({ had }: Row): string {
  if (had.length === 3) return "anything";
  if (had.length === 2) return "no K";
  return { K: "K", unknown: "an unknown cookie", none: "no cookie" }[had[0] ?? "none"];
}

function curl(request: DemoRequest, { answer, had }: Row): string {
  const cookie = { K: "-b jar -c jar ", unknown: `-b ${sessionCookie}=made-up `, none: "-c jar " }[had[0] ?? "none"];
  return `curl -i ${cookie}-X POST ${origin(request)}/table/${answer}`;
}
