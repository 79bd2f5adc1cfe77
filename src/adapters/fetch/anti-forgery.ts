import {
  type AntiForgeryOptions,
  type AntiForgeryRequest,
  draftGuard,
  sentToken,
  showToken,
} from "../../draft/guard.ts";
import type { SessionDraft } from "../../draft/draft.ts";
import type { Awaitable, Json, SessionData } from "../../types.ts";
import { guardRequest, platformResponse } from "./messages.ts";
import { type FetchInput, requestOf } from "./session.ts";

export type { AntiForgeryOptions };

/** Result of `antiForgery`: anti-forgery for functions from `Request` to `Response`. */
export interface FetchAntiForgery<Given extends FetchInput> {
  /**
   * Returns a function for `session().wrap`, whose draft has `antiForgeryToken`. The response to a request that may be
   * forged is a 403.
   */
  readonly wrap: <
    S extends object = SessionData,
    F = Json,
    Input extends Given = Given,
    Rest extends readonly unknown[] = [],
  >(
    handler: (
      input: Input,
      draft: SessionDraft<S, F> & AntiForgeryRequest,
      ...rest: Rest
    ) => Awaitable<globalThis.Response>,
  ) => (input: Input, draft: SessionDraft<S, F>, ...rest: Rest) => Promise<globalThis.Response>;
  /**
   * Checks a request by hand, for a draft of `session().open`. Returns the response to a refused request, or undefined
   * if the request may pass. Gives the draft its `antiForgeryToken`.
   */
  readonly check: (input: Given, draft: object) => Promise<globalThis.Response | undefined>;
}

/**
 * Anti-forgery around functions that `session().wrap` wraps. The rules are those of `wrapAntiForgery`. The token is
 * read from a header, or by `readToken`. A body can be read only once, and the handler reads it.
 *
 * @throws TypeError if an option is invalid
 * @example
 * ```ts
 * import { antiForgery, session } from "ringlet/fetch";
 *
 * const sessions = session<{ name?: string }>();
 * const guard = antiForgery({
 *   readToken: async (request) => {
 *     const form = await request.clone().formData().catch(() => undefined); // no form at all
 *     return form?.get("__anti-forgery-token")?.toString();
 *   },
 * });
 *
 * export const POST = sessions.wrap(
 *   guard.wrap(async (request, draft) => {
 *     draft.session.name = String((await request.formData()).get("name"));
 *     return Response.redirect(new URL("/", request.url), 303);
 *   }),
 * );
 * ```
 */
export function antiForgery<Given extends FetchInput = globalThis.Request>(
  options: AntiForgeryOptions<Given> = {},
): FetchAntiForgery<Given> {
  const guard = draftGuard<Given>(options, (_, request) => sentToken(request));
  const check = async (input: Given, draft: object): Promise<globalThis.Response | undefined> => {
    const { shown, refusal } = guard(draft, input, guardRequest(requestOf(input), options.safeHeader));
    showToken(draft, shown);
    const refused = await refusal;
    return refused && platformResponse(refused);
  };
  return {
    check,
    wrap:
      (handler) =>
      async (input, draft, ...rest) =>
        (await check(input, draft)) ?? handler(input, draft as typeof draft & AntiForgeryRequest, ...rest),
  };
}
