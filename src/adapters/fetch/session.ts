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

/** A `Request`, or an object of a framework that carries one as `request`. */
export type FetchInput = ReadableRequest | { readonly request: ReadableRequest };

/** Source of a session: a `Request`, `Headers`, or the text of a Cookie header. Without a URL the scheme is http. */
export type SessionSource = ReadableRequest | ReadableHeaders | string;

/** Result of `session`: sessions for functions from `Request` to `Response`. */
export interface FetchSessions<S extends object = SessionData, F = Json> {
  /**
   * Wraps a function that gets the session's draft as its second argument. Its changes to the draft are saved when it
   * has returned. If it throws, or returns a status of 500 or above, nothing is saved. The `Response` has its own
   * headers and those of the session.
   *
   * @throws TypeError if the function returns no `Response`; SessionStoreError if the store fails
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
   * Opens the session by hand, if a function cannot be wrapped. Nothing is saved without `save` or `saveInto`.
   *
   * @throws SessionStoreError if the store fails
   */
  readonly open: (source: SessionSource) => Promise<OpenSession<S, F>>;
  /**
   * Returns the session, frozen, for code that cannot set a cookie; `{}` if there is none. The flash stays unread.
   *
   * @throws SessionStoreError if the store fails
   */
  readonly read: (source: SessionSource) => Promise<Readonly<S>>;
}

/** A session that was opened by hand. It is saved once. Saving it again changes nothing and adds nothing. */
export interface OpenSession<S extends object = SessionData, F = Json> {
  /** The draft of the session, to read and to assign. */
  readonly draft: SessionDraft<S, F>;
  /** Saves the session, and returns what the response must carry. */
  readonly save: () => Promise<SavedSession>;
  /** Saves the session, and returns the response with its headers. With a status of 500 or above nothing is saved. */
  readonly saveInto: (response: globalThis.Response) => Promise<globalThis.Response>;
}

/** Headers and cookies that the response must carry after a save. There are none if the cookie stays as it is. */
export interface SavedSession {
  /** `set-cookie`, and with it `cache-control` and `vary`. */
  readonly headers: globalThis.Headers;
  /** The cookies in the headers, parsed, for a framework with a `cookies.set(name, value, attributes)`. */
  readonly cookies: readonly SavedCookie[];
}

/** Cookie to set. */
export interface SavedCookie {
  readonly name: string;
  /** The value, not encoded. Whatever sets the cookie encodes it. */
  readonly value: string;
  readonly attributes: Omit<SetCookie, "name" | "value">;
}

/**
 * Sessions for functions from `Request` to `Response`: Next, React Router, SvelteKit, Astro, Bun, Deno, Workers.
 *
 * @throws TypeError if an option is invalid
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

/** Returns the `Request` of a framework's input. */
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

/** Throws if a value is no `Response`. Its shape decides, because there is more than one class of responses. */
function checkAnswer(response: unknown): void {
  const { headers, status } = (response ?? {}) as Partial<globalThis.Response>;
  if (typeof headers?.get === "function" && typeof status === "number") return;
  throw new TypeError(
    `session: a wrapped function must answer a Response, got ${kindOf(response)}; open() takes others`,
  );
}

async function saveInto(opened: OpenDraft, response: globalThis.Response): Promise<globalThis.Response> {
  // Frameworks make such a response if something failed further in.
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
