import { setTimeout as wait } from "node:timers/promises";

import type { Awaitable, CookieAttrs, Headers, Json, SessionData, SessionOptions, SessionStore } from "../types.ts";
import { isAtomic, isInItsKey } from "./store-law.ts";

/** What of a framework's request the script reads: with the path and the query, or the whole URL. */
export interface ScriptRequest {
  readonly url: string;
}

/** The draft that the script works on: the words of the core, in whatever way a framework offers them. */
export interface ScriptDraft {
  get session(): SessionData;
  set session(next: SessionData | null | ((current: SessionData) => SessionData | null));
  readonly sessionKey: string | undefined;
  sessionRecreate: boolean;
  sessionCookieAttrs: CookieAttrs | undefined;
  get flash(): unknown;
  set flash(next: Json | undefined);
}

/** What the script wants a request to be answered, in the framework's own manner. */
export interface ScriptAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Text, a stream of octets, or nothing. */
  readonly body: string | ReadableStream<Uint8Array> | null;
  /** Where to redirect to, with `status`; undefined: not at all. */
  readonly redirect: string | undefined;
}

/** The application that the laws have every adapter serve. */
export interface AdapterApplication {
  /** For the adapter's `session(options)`. */
  readonly options: SessionOptions;
  /** Does to the draft what a request wants, and answers what to send. It rejects where the handler is to fail. */
  readonly answer: (request: ScriptRequest, draft: ScriptDraft) => Promise<ScriptAnswer>;
}

/** What a request wants done, in this order. */
export interface Plan {
  readonly showFlash?: boolean;
  /** The gate to wait at, now that the session was read. */
  readonly hold?: string;
  /** Keys to set in place. */
  readonly set?: Readonly<Record<string, Json>>;
  /** What to append to the list of `cart`, deep down in the session. */
  readonly push?: Json;
  /** What to assign. */
  readonly assign?: SessionData | null;
  /** The key to add 1 to, by a function. */
  readonly increment?: string;
  readonly recreate?: boolean;
  readonly attrs?: CookieAttrs;
  readonly flash?: Json;
  readonly fail?: boolean;
  readonly status?: number;
  readonly headers?: Headers;
  readonly redirect?: string;
  /** The gate to wait at between the first and the last octets of a stream. */
  readonly stream?: string;
}

/** What the store does instead of working: it rejects, it throws, or it waits at the gate called `store`. */
export interface Trouble {
  readonly on: "read" | "save";
  readonly how: "reject" | "throw" | "hold";
}

/** What a law asks for behind the scenes: these requests do nothing to the draft. */
export type Command =
  | { readonly command: "reset" | "calls" | "kind" }
  | { readonly command: "held"; readonly gate: string; readonly count: number }
  | { readonly command: "release"; readonly gate: string }
  | { readonly command: "trouble"; readonly trouble: Trouble | undefined };

/** What the store can do. */
export interface StoreKind {
  readonly atomic: boolean;
  /** Whether it keeps each session in its key, as a sealed cookie does. */
  readonly inItsKey: boolean;
}

/** Seconds until what waits gives up. */
const PATIENCE = 5;

const SAVES = ["writeSession", "updateSession", "deleteSession", "renewSession"];

/**
 * Makes the application that `adapterLaws` wants served, on a store. A law makes it by itself; call this where the server
 * is in another process, and answer its URL from `serve`.
 */
export function adapterApplication(store: SessionStore): AdapterApplication {
  const stage = backstage();
  return {
    options: { store: troubled(store, stage), storeDeadline: PATIENCE * 1000 },
    async answer({ url }, draft) {
      const { searchParams } = new URL(url, "http://localhost");
      const command = searchParams.get("command");
      if (command !== null) return text(await obey(store, stage, JSON.parse(command) as Command));
      return play(JSON.parse(searchParams.get("plan") ?? "{}") as Plan, draft, stage);
    },
  };
}

/** What is shared by the requests and the store of an application. */
interface Backstage {
  /** Calls of the store since they were last asked for. */
  calls: string[];
  trouble: Trouble | undefined;
  /** How many have come to each gate. */
  readonly held: Map<string, number>;
  readonly released: Set<string>;
  /** Waits at a gate until it is released. */
  readonly pass: (gate: string) => Promise<void>;
  /** Waits until so many have come to the gate; false where they do not. */
  readonly reached: (gate: string, count: number) => Promise<boolean>;
  readonly reset: () => void;
}

function backstage(): Backstage {
  let scene = 0;
  /** By the clock, not by a promise that another request keeps: workerd keeps the promises of requests apart. */
  const until = async (isSo: () => boolean): Promise<boolean> => {
    const mine = scene;
    for (let count = 0; count < PATIENCE * 500 && scene === mine && !isSo(); count++) await wait(2);
    return isSo();
  };
  const stage: Backstage = {
    calls: [],
    trouble: undefined,
    held: new Map(),
    released: new Set(),
    async pass(gate) {
      stage.held.set(gate, (stage.held.get(gate) ?? 0) + 1);
      await until(() => stage.released.has(gate));
    },
    reached: (gate, count) => until(() => (stage.held.get(gate) ?? 0) >= count),
    reset() {
      scene += 1;
      stage.calls = [];
      stage.trouble = undefined;
      stage.held.clear();
      stage.released.clear();
    },
  };
  return stage;
}

function troubled(store: SessionStore, stage: Backstage): SessionStore {
  const call = (name: string, work: () => unknown): unknown => {
    stage.calls.push(name);
    const { trouble } = stage;
    if (trouble === undefined || (trouble.on === "save") !== SAVES.includes(name)) return work();
    if (trouble.how === "hold") return stage.pass("store").then(work);
    const error = new Error("the store fails, as the law wants");
    if (trouble.how === "throw") throw error;
    return Promise.reject(error);
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...args: unknown[]) => call(name, (): unknown => Reflect.apply(member, target, args));
    },
  });
}

async function obey(store: SessionStore, stage: Backstage, command: Command): Promise<unknown> {
  switch (command.command) {
    case "reset":
      return stage.reset();
    case "calls":
      return stage.calls.splice(0);
    case "kind":
      return { atomic: isAtomic(store), inItsKey: await isInItsKey(store) } satisfies StoreKind;
    case "held":
      return stage.reached(command.gate, command.count);
    case "release":
      return void stage.released.add(command.gate);
    case "trouble":
      return void (stage.trouble = command.trouble);
  }
}

async function play(plan: Plan, draft: ScriptDraft, stage: Backstage): Promise<ScriptAnswer> {
  const { showFlash = false, hold, fail = false, status, headers = {}, redirect, stream } = plan;
  const { session, sessionKey } = draft;
  const shown = { session, hasKey: sessionKey !== undefined, flash: showFlash ? draft.flash : undefined };
  const { body, ...rest } = text(shown);
  if (hold !== undefined) await stage.pass(hold);
  change(draft, plan);
  if (fail) throw new Error("the handler fails, as the law wants");
  const answer = { ...rest, status: status ?? 200, headers: { ...rest.headers, ...(headers as typeof rest.headers) } };
  if (redirect !== undefined) return { ...answer, status: status ?? 303, headers: {}, body: null, redirect };
  if (status === 204 || status === 304) return { ...answer, headers: {}, body: null };
  return { ...answer, body: stream === undefined ? body : streamed(body, () => stage.pass(stream)) };
}

function change(draft: ScriptDraft, { set, push, assign, increment, recreate, attrs, flash }: Plan): void {
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
  return { status: 200, headers, body: JSON.stringify(value) ?? "null", redirect: undefined };
}

/** A line, and after the gate another. */
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
