import type { Response } from "ringlet";

import { wantsHtml } from "./accept.ts";
import { html, render, type Html } from "../html.ts";
import { panelHtml, panelText } from "./panel/view.ts";
import type { DemoRequest } from "./types.ts";

/** The pages of the menu, and what each shows. */
export const pages: readonly { readonly path: string; readonly name: string; readonly shows: string }[] = [
  { path: "/", name: "Start", shows: "the session of this browser" },
  { path: "/login", name: "Log in", shows: "a form, a new key, a redirect with a flash" },
  { path: "/luminus", name: "Luminus", shows: "the three routes of the Luminus page" },
  { path: "/counter", name: "Counter", shows: "an update by a function" },
  { path: "/flash", name: "Flash", shows: "a message for the next request, once" },
  { path: "/cookies", name: "Cookies", shows: "a cookie with every attribute" },
  { path: "/remember", name: "Remember me", shows: "attributes of the session cookie, for one response" },
  { path: "/recreate", name: "New key", shows: "the same session under another key" },
  { path: "/table", name: "The table", shows: "each row of “What a response does”" },
];

/** A page with the panel beside it. */
export function page(request: DemoRequest, title: string, content: Html): Response {
  return {
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", vary: "Accept" },
    body: later(() => `<!doctype html>\n${render(documentOf(request, title, content))}\n`),
  };
}

/** A page for a browser, or text for a terminal. */
export function pageOrText(request: DemoRequest, title: string, content: Html, text: string): Response {
  return wantsHtml(request) ? page(request, title, content) : textWithPanel(request, text);
}

/** Text for a terminal, followed by the text of the panel. */
export function textWithPanel(request: DemoRequest, text: string): Response {
  return {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", vary: "Accept" },
    body: later(() => `${text}\n\n${panelText(request.panel.exchanges())}`),
  };
}

/** The origin of this server as the visitor sees it, for commands to copy. */
export function origin({ scheme = "http", serverName = "localhost", serverPort = 80 }: DemoRequest): string {
  return `${scheme}://${serverName}:${serverPort}`;
}

/** A body that is made when the server asks for it. By then the session is saved, and the panel is complete. */
async function* later(makeText: () => string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(makeText());
}

function documentOf(request: DemoRequest, title: string, content: Html): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <meta name="color-scheme" content="light dark" />
      <title>${title} · Ringlet</title>
      <link rel="icon" href="/ring.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/styles.css" />
    </head>
    <body>
      <a class="skip" href="#main">Skip to the page</a>
      ${bar(request)} ${navigation(request)}
      <main id="main" tabindex="-1">
        ${request.flash === undefined ? "" : html`<p class="flash" role="status">${request.flash}</p>`}
        <h1>${title}</h1>
        ${content}
      </main>
      ${panelHtml(request.panel.exchanges())}
    </body>
  </html>`;
}

function bar({ session, panel }: DemoRequest): Html {
  return html`<header class="bar">
    <a class="brand" href="/"><img src="/ring.svg" alt="" width="26" height="26" />ringlet</a>
    <span class="badge">${panel.store} store</span>
    ${
      session.user === undefined
        ? html`<a class="who" href="/login">Log in</a>`
        : html`<form class="who" method="post" action="/logout">
            <span><span class="dot"></span>${session.user}</span> <button class="quiet">Log out</button>
          </form>`
    }
  </header>`;
}

function navigation({ uri }: DemoRequest): Html {
  const link = (path: string, name: string): Html =>
    path === uri ? html`<a href="${path}" aria-current="page">${name}</a>` : html`<a href="${path}">${name}</a>`;
  return html`<nav aria-label="Pages">
    <ul>
      ${pages.map(({ path, name }) => html`<li>${link(path, name)}</li>`)}
    </ul>
  </nav>`;
}
