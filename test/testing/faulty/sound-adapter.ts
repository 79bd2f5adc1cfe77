import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";

import { draftOf, saveDraft, sessionDrafts, type SessionDraft } from "../../../src/draft/draft.ts";
import type { ScriptAnswer, ScriptDraft, ScriptRequest, ServeAdapter } from "../../../src/testing/testing.ts";
import type { Headers, Json, SessionData, SessionOptions } from "../../../src/types.ts";
import { listen } from "../../support/listen.ts";

/** One request on its way through the adapter. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly options: SessionOptions;
}

/** The draft of a request, and the function that saves it. */
export interface Opened {
  readonly draft: SessionDraft;
  readonly save: () => Promise<Headers | undefined>;
}

/** The steps of the adapter for each request, in order. */
export interface Steps {
  /** Reads the session. */
  readonly open: (exchange: Exchange, open: () => Promise<Opened>) => Promise<Opened>;
  /** Returns the request that the handler gets. */
  readonly request: (url: string, draft: ScriptDraft) => ScriptRequest & { readonly flash?: unknown };
  /** Returns the draft that the handler gets. */
  readonly face: (draft: ScriptDraft, exchange: Exchange) => ScriptDraft;
  /** Calls the handler. */
  readonly handle: (answer: () => Promise<ScriptAnswer>, opened: Opened, exchange: Exchange) => Promise<ScriptAnswer>;
  /** Saves the session. Returns headers for the response. */
  readonly save: (opened: Opened, answer: ScriptAnswer, exchange: Exchange) => Promise<Headers>;
  /** Merges the headers of the application and those of the session. */
  readonly merge: (own: Headers, added: Headers) => Headers;
}

const soundSteps: Steps = {
  open: async (_exchange, open) => open(),
  request: (url) => ({ url }),
  face: (draft) => draft,
  handle: async (answer) => answer(),
  save: async ({ save }) => (await save()) ?? {},
  merge,
};

/** Makes a small adapter over node:http that keeps all laws, except for steps that are replaced. */
export function soundAdapter(faulty: Partial<Steps> = {}): ServeAdapter {
  const steps = { ...soundSteps, ...faulty };
  return async ({ options, answer }) => {
    const drafts = sessionDrafts(options);
    const handle = async (exchange: Exchange): Promise<void> => {
      const { method = "GET", url = "/", headers } = exchange.incoming;
      const opened = await steps.open(exchange, async () => {
        const draft = await drafts.open({ method, uri: "/", headers });
        return { draft: draftOf<SessionData, Json>(draft), save: async () => saveDraft(draft) };
      });
      const face = steps.face(opened.draft, exchange);
      const given = await steps.handle(() => answer(steps.request(url, face), face), opened, exchange);
      const added = await steps.save(opened, given, exchange);
      send(exchange, given, steps.merge(ownHeaders(given), added));
    };
    const server = createServer((incoming, outgoing) => {
      handle({ incoming, outgoing, options }).catch(() => {
        if (!outgoing.headersSent) outgoing.writeHead(500);
        outgoing.end();
      });
    });
    return listen(server);
  };
}

/** Merges the headers of the application and those of the session. Cookies and Vary are joined. */
export function merge(own: Headers, added: Headers): Headers {
  const merged: Record<string, Headers[string]> = { ...added, ...own };
  for (const name of ["set-cookie", "vary"]) {
    const values = [own[name] ?? [], added[name] ?? []].flat();
    if (values.length > 0) merged[name] = name === "vary" ? values.join(", ") : values;
  }
  return merged;
}

/** Returns the headers of an answer, with Location. */
export function ownHeaders({ headers, redirect }: ScriptAnswer): Headers {
  return redirect === undefined ? headers : { ...headers, location: redirect };
}

/** Sends an answer, or the parts of it that were not sent yet. */
export function send({ outgoing }: Exchange, { status, body }: ScriptAnswer, headers: Headers): void {
  if (outgoing.writableEnded) return;
  if (!outgoing.headersSent) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) outgoing.setHeader(name, value);
    outgoing.writeHead(status);
  }
  if (body === null || typeof body === "string") outgoing.end(body ?? undefined);
  else Readable.from(body).pipe(outgoing);
}
