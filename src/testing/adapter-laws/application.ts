import type { Awaitable, CookieAttrs, Json, SessionData, SessionOptions, SessionStore } from "../../types.ts";
import { type Backstage, backstage, STAGE_PATIENCE, troubled } from "./backstage.ts";
import type { Command, Plan, StoreKind } from "./plan.ts";
import { isAtomicStore, isInItsKey } from "../store-laws/law.ts";

/** The part of a framework's request that the script reads. `url` is the path with its query, or the whole URL. */
export interface ScriptRequest {
  readonly url: string;
}

/** The draft that the script changes. It has the properties of a session, in whatever way a framework offers them. */
export interface ScriptDraft {
  get session(): SessionData;
  set session(next: SessionData | null | ((current: SessionData) => SessionData | null));
  readonly sessionKey: string | undefined;
  sessionRecreate: boolean;
  sessionCookieAttrs: CookieAttrs | undefined;
  get flash(): unknown;
  set flash(next: Json | undefined);
}

/** The response that the script wants, to be sent in the framework's own manner. */
export interface ScriptAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Text, a stream of octets, or null for no body. */
  readonly body: string | ReadableStream<Uint8Array> | null;
  /** Where to redirect to, with `status`; undefined for no redirect. */
  readonly redirect: string | undefined;
}

/** The application of the laws, which an adapter serves. */
export interface AdapterApplication {
  /** Options for the adapter's `session(options)`. */
  readonly options: SessionOptions;
  /** Changes the draft as a request says, and returns the response to send. Rejects if the handler is to fail. */
  readonly answer: (request: ScriptRequest, draft: ScriptDraft) => Promise<ScriptAnswer>;
}

/**
 * Makes the application of `adapterLaws`, on a store. A law makes it by itself. Call this only if the server is in
 * another process, and return its URL from `serve`.
 */
export function adapterApplication(store: SessionStore): AdapterApplication {
  const stage = backstage();
  return {
    options: { store: troubled(store, stage), storeDeadline: STAGE_PATIENCE * 1000 },
    async answer(request, draft) {
      const { searchParams } = new URL(request.url, "http://localhost");
      const command = searchParams.get("command");
      if (command !== null) return text(await obey(store, stage, JSON.parse(command) as Command));
      const plan = JSON.parse(searchParams.get("plan") ?? "{}") as Plan;
      if (plan.copy === true) void { ...request };
      return play(plan, draft, stage);
    },
  };
}

async function obey(store: SessionStore, stage: Backstage, command: Command): Promise<unknown> {
  switch (command.command) {
    case "reset":
      stage.reset();
      return true;
    case "calls":
      return stage.calls.splice(0);
    case "kind":
      return { atomic: isAtomicStore(store), inItsKey: await isInItsKey(store) } satisfies StoreKind;
    case "held":
      return stage.reached(command.gate, command.count);
    case "release":
      stage.released.add(command.gate);
      return true;
    default:
      stage.trouble = command.trouble;
      return true;
  }
}

async function play(plan: Plan, draft: ScriptDraft, stage: Backstage): Promise<ScriptAnswer> {
  const { showFlash = false, hold, fail = false, status, headers = {}, redirect, stream } = plan;
  const { session, sessionKey } = draft;
  const shown = { session, hasKey: sessionKey !== undefined, flash: showFlash ? draft.flash : undefined };
  const { body, ...rest } = text(shown);
  if (hold !== undefined) await stage.pass(hold);
  changeDraft(draft, plan);
  if (fail) throw new Error("the handler fails, as the law wants");
  const answer = { ...rest, status: status ?? 200, headers: { ...rest.headers, ...(headers as typeof rest.headers) } };
  if (redirect !== undefined) return { ...answer, status: status ?? 303, headers: {}, body: null, redirect };
  if (status === 204 || status === 304) return { ...answer, headers: {}, body: null };
  return { ...answer, body: stream === undefined ? body : streamed(body, () => stage.pass(stream)) };
}

function changeDraft(draft: ScriptDraft, { set, push, assign, increment, recreate, attrs, flash }: Plan): void {
  if (assign !== undefined) draft.session = assign;
  if (set !== undefined) Object.assign(draft.session, set);
  if (push !== undefined) (draft.session["cart"] as { readonly list: Json[] }).list.push(push);
  if (increment !== undefined) draft.session = added(increment);
  if (recreate !== undefined) draft.sessionRecreate = recreate;
  if (attrs !== undefined) draft.sessionCookieAttrs = attrs;
  if (flash !== undefined) draft.flash = flash;
}

function added(key: string): (current: SessionData) => SessionData {
  return (current) => ({ ...current, [key]: Number(current[key] ?? 0) + 1 });
}

function text(value: unknown): ScriptAnswer & { readonly body: string } {
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return { status: 200, headers, body: JSON.stringify(value), redirect: undefined };
}

/** Returns a stream of two lines. The second comes after the gate has been passed. */
function streamed(line: string, pass: () => Awaitable<void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let begun = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!begun) {
        begun = true;
        return controller.enqueue(encoder.encode(`${line}\n`));
      }
      await pass();
      controller.enqueue(encoder.encode("the end\n"));
      controller.close();
    },
  });
}
