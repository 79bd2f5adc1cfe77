import { parseSetCookie, type SetCookie } from "cookie";

import {
  discardDraft,
  draftOf,
  type DraftRequest,
  type OpenDraft,
  saveDraft,
  type SessionDraft,
  sessionDrafts,
  sessionOf,
} from "../../draft/draft.ts";
import { discard as discardBody } from "../../http/body.ts";
import { formDecode } from "../../http/form-encoding.ts";
import { headerValues } from "../../http/headers.ts";
import { kindOf } from "../../shared/values.ts";
import type { Awaitable, Headers, Json, SessionData, SessionOptions } from "../../types.ts";
import {
  addSessionHeaders,
  draftRequest,
  type ReadableHeaders,
  type ReadableRequest,
  withSessionHeaders,
} from "./messages.ts";

/** A `Request`, or what a framework passes instead: an object that carries one as `request`. */
export type FetchInput = ReadableRequest | { readonly request: ReadableRequest };

/** Where a session can be found: a `Request`, `Headers`, or the text of a Cookie header. Without a URL: plain http. */
export type SessionSource = ReadableRequest | ReadableHeaders | string;

/** Sessions for whatever speaks `Request` and `Response`. */
export interface FetchSessions<S extends object = SessionData, F = Json> {
  /**
   * A function that gets the session's draft as its second argument. What it does to the draft is saved when it has
   * answered; where it throws, or answers with a status of 500 or above, nothing is. The `Response` goes out with its
   * own headers and those of the session.
   *
   * @throws TypeError where it answers no `Response`; SessionStoreError where the store fails
   * @example
   * ```ts
   * import { session } from "ringlet/fetch";
   *
   * const sessions = session<{ user?: string }>();
   *
   * export const POST = sessions.wrap(async (request, draft) => {
   *   draft.session = { user: String((await request.formData()).get("user")) };
   *   draft.sessionRecreate = true;
   *   return Response.redirect(new URL("/", request.url), 303);
   * });
   * ```
   */
  readonly wrap: <Input extends FetchInput = globalThis.Request, Rest extends readonly unknown[] = []>(
    handler: (input: Input, draft: SessionDraft<S, F>, ...rest: Rest) => Awaitable<globalThis.Response>,
  ) => (input: Input, ...rest: Rest) => Promise<globalThis.Response>;
  /**
   * Opens the session by hand, where a function cannot be wrapped. Nothing is saved without `save` or `saveInto`.
   *
   * @throws SessionStoreError where the store fails
   */
  readonly open: (source: SessionSource) => Promise<OpenSession<S, F>>;
  /**
   * The session, frozen, for where no cookie can be written; `{}` where there is none. It leaves the flash alone.
   *
   * @throws SessionStoreError where the store fails
   */
  readonly read: (source: SessionSource) => Promise<Readonly<S>>;
}

/** A session that was opened by hand. It is saved once; saving again changes nothing and adds nothing. */
export interface OpenSession<S extends object = SessionData, F = Json> {
  /** What to read and to assign. */
  readonly draft: SessionDraft<S, F>;
  /** Saves, and answers what the response must carry. */
  readonly save: () => Promise<SavedSession>;
  /** Saves, and answers the response with what it must carry. With a status of 500 or above nothing is saved. */
  readonly saveInto: (response: globalThis.Response) => Promise<globalThis.Response>;
}

/** What the response to a saved session must carry: nothing, where the cookie stays as it is. */
export interface SavedSession {
  /** `set-cookie`, and with it `cache-control` and `vary`. */
  readonly headers: globalThis.Headers;
  /** The cookies in the headers, taken apart, for a framework with a `cookies.set(name, value, attributes)`. */
  readonly cookies: readonly SavedCookie[];
}

/** A cookie to set. */
export interface SavedCookie {
  readonly name: string;
  /** Not encoded: who sets it does that. */
  readonly value: string;
  readonly attributes: Omit<SetCookie, "name" | "value">;
}

/**
 * Sessions for functions from `Request` to `Response`: Next, React Router, SvelteKit, Astro, Bun, Deno, Workers.
 *
 * @throws TypeError where an option is not as it should be
 * @example
 * ```ts
 * import { session } from "ringlet/fetch";
 *
 * const sessions = session<{ visits?: number }>();
 *
 * export const GET = sessions.wrap((_request, draft) => {
 *   draft.session.visits = (draft.session.visits ?? 0) + 1;
 *   return new Response(`Visit ${draft.session.visits}`);
 * });
 * ```
 */
export function session<S extends object = SessionData, F = Json>(
  options: SessionOptions<S> = {},
): FetchSessions<S, F> {
  const drafts = sessionDrafts(options);
  return {
    wrap: (handler) => {
      return async (input, ...rest) => {
        const opened = await drafts.open(draftRequest(requestOf(input)));
        const response = await handler(input, draftOf(opened), ...rest);
        checkAnswer(response);
        return saveInto(opened, response);
      };
    },
    async open(source) {
      const opened = await drafts.open(sourceRequest(source));
      return {
        draft: draftOf(opened),
        save: async () => saved(await saveDraft(opened)),
        saveInto: (response) => saveInto(opened, response),
      };
    },
    async read(source) {
      return sessionOf(await drafts.open(sourceRequest(source))) as S;
    },
  };
}

/** The request in what a framework passes. */
export function requestOf(input: FetchInput): ReadableRequest {
  const request = "request" in input ? input.request : input;
  if (typeof request?.headers?.get === "function") return request;
  throw new TypeError(
    `session: a wrapped function must be called with a Request, or with an object that carries one as request, got ${kindOf(input)}`,
  );
}

function sourceRequest(source: SessionSource): DraftRequest {
  if (typeof source === "string") return { method: "GET", uri: "/", headers: { cookie: source } };
  // Not by `headers`: Next's headers have a property of that name.
  if (!("get" in source)) return draftRequest(source);
  return { method: "GET", uri: "/", headers: { cookie: source.get("cookie") ?? undefined } };
}

/** By its shape: there is more than one class of responses. */
function checkAnswer(response: unknown): void {
  const { headers, status } = (response ?? {}) as Partial<globalThis.Response>;
  if (typeof headers?.get === "function" && typeof status === "number") return;
  throw new TypeError(
    `session: a wrapped function must answer a Response, got ${kindOf(response)}; open() takes others`,
  );
}

async function saveInto(opened: OpenDraft, response: globalThis.Response): Promise<globalThis.Response> {
  // Frameworks answer so for what failed further in.
  if (response.status >= 500) {
    discardDraft(opened);
    return response;
  }
  try {
    return withSessionHeaders(response, await saveDraft(opened));
  } catch (error) {
    discardBody(response.body);
    throw error;
  }
}

function saved(added: Headers | undefined): SavedSession {
  const headers = new globalThis.Headers();
  addSessionHeaders(headers, added);
  const lines = added === undefined ? [] : headerValues(added, "set-cookie");
  return { headers, cookies: lines.map(savedCookie) };
}

function savedCookie(line: string): SavedCookie {
  const { name, value = "", ...attributes } = parseSetCookie(line, { decode: formDecode });
  return { name, value, attributes };
}
