/** The `<app>.layout` namespace: pages, without a word about the session. */
import { antiForgeryField, contentType, response, type Response } from "ringlet";

import { html, raw, render as textOf, type Html } from "../html.ts";
import type { AppRequest } from "./types.ts";

/** A page as a response. It leaves the session alone: a handler that changes it redirects, as Luminus advises. */
export function render(page: Html): Response {
  return contentType(response(`<!doctype html>\n${textOf(page)}\n`), "text/html; charset=utf-8");
}

export function homePage(request: AppRequest): Html {
  const { context, session } = request;
  return base(
    request,
    "Home",
    html`<p>${session.user === undefined ? "You are not logged in." : `You are ${session.user}.`}</p>
      <ul>
        <li><a href="${context}/account/login">Log in</a></li>
        <li><a href="${context}/account">Your account</a></li>
        <li>The routes of the page: <code>/login/:id</code>, <code>/remove</code>, <code>/logout</code></li>
      </ul>`,
  );
}

export function loginPage(request: AppRequest): Html {
  return base(
    request,
    "Log in",
    html`<form method="post" action="${request.context}/account/login">
      ${csrf(request)}
      <label>Name <input name="user-name" autocomplete="username" required /></label>
      <button class="button is-primary">Log in</button>
    </form>`,
  );
}

export function accountPage(request: AppRequest, user: string): Html {
  const { context, session } = request;
  const { photo } = session;
  return base(
    request,
    "Your account",
    html`<p id="user">You are ${user}.</p>
      <p id="photo">${photo === undefined ? "No photo yet." : `${photo.filename}, ${photo.size} bytes`}</p>
      <form method="post" action="${context}/account/photo" enctype="multipart/form-data">
        ${csrf(request)}
        <input type="file" name="photo" />
        <button class="button">Upload</button>
      </form>
      <form method="post" action="${context}/account/logout">
        ${csrf(request)}
        <button class="button">Log out</button>
      </form>`,
  );
}

/** Data for somebody who looks at the API with a browser. */
export function dataPage(data: unknown): string {
  return textOf(
    html`<!doctype html>
      <html lang="en">
        <title>Data</title>
        <pre id="data">${dataText(data)}</pre>
      </html>`,
  );
}

/** Data for a terminal. */
export function dataText(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** The form's own token, as `(csrf-field)` in a Luminus template. */
function csrf(request: AppRequest): Html {
  return raw(antiForgeryField(request));
}

function base({ context, flash }: AppRequest, title: string, content: Html): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${title}</title>
      <link rel="stylesheet" href="${context}/assets/bulma/css/bulma.min.css" />
      <link rel="stylesheet" href="${context}/css/screen.css" />
    </head>
    <body>
      <main class="container">
        <h1 class="title">${title}</h1>
        ${flash === undefined ? "" : html`<p class="notification" role="status">${flash}</p>`} ${content}
      </main>
    </body>
  </html>`;
}
