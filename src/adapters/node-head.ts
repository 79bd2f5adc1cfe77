import { isPromise } from "../internal/awaitable.ts";
import type { Awaitable } from "../types.ts";
import type { NodeResponse } from "./node-messages.ts";

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Method = "writeHead" | "write" | "end" | "flushHeaders";
const METHODS: readonly Method[] = ["writeHead", "write", "end", "flushHeaders"];

/** A source that flows into a response: it must stop where the response does not go out. */
interface Source {
  unpipe(target: object): unknown;
}

/**
 * Runs `work` when a response's head is about to leave, and lets nothing out before that is done: whatever is written
 * meanwhile waits, with backpressure. What `writeHead` was told is in the response's headers by then. Where the work
 * fails, what waited is forgotten, and `failed` may answer in its place; what the handler still writes after that answer
 * is dropped.
 */
export function beforeHead(
  response: NodeResponse,
  work: (status: number) => Awaitable<void>,
  failed: (error: unknown) => void,
): void {
  const originals = new Map(METHODS.map((name) => [name, Reflect.get(response, name) as AnyFunction]));
  const waiting: (() => unknown)[] = [];
  const sources = new Set<Source>();
  let state: "open" | "working" | "over" | "failed" | "answered" = "open";
  let mustDrain = false;

  const call = (name: Method, args: readonly unknown[]): unknown => originals.get(name)?.apply(response, [...args]);

  const letGo = (): void => {
    state = "over";
    Reflect.deleteProperty(response, "headersSent");
    response.off("pipe", addSource);
    response.off("unpipe", removeSource);
  };

  const goOn = (): void => {
    letGo();
    let flowing = true;
    try {
      for (const each of waiting) flowing = each() !== false;
    } catch (error) {
      // What was written is no text and no octets, say: its writer is gone, and cannot be told by a throw.
      return giveUp(error);
    }
    if (mustDrain && flowing) response.emit("drain");
  };

  const giveUp = (error: unknown): void => {
    letGo();
    state = "failed";
    // A source that flowed on would write into the answer that tells of the failure.
    for (const source of sources) source.unpipe(response);
    failed(error);
  };

  const begin = (name: Method, given: readonly unknown[]): unknown => {
    const args = name === "writeHead" ? withHeadersSet(response, given) : given;
    state = "working";
    let done: Awaitable<void>;
    try {
      done = work(response.statusCode);
    } catch (error) {
      giveUp(error);
      return dropped(name, true);
    }
    if (!isPromise(done)) {
      letGo();
      return call(name, args);
    }
    Object.defineProperty(response, "headersSent", { configurable: true, get: () => true });
    done.then(goOn, giveUp).catch(throwLater);
    return wait(name, args);
  };

  const wait = (name: Method, args: readonly unknown[]): unknown => {
    waiting.push(() => call(name, args));
    mustDrain ||= name === "write";
    return dropped(name, false);
  };

  const dropped = (name: Method, flowing: boolean): unknown => {
    if (name === "write") return flowing;
    return name === "flushHeaders" ? undefined : response;
  };

  const answer = (name: Method, args: readonly unknown[]): unknown => {
    const result = call(name, args);
    // Node makes a write after the end an uncaught exception, and the handler does not know that there was one.
    if (name === "end") state = "answered";
    return result;
  };

  const addSource = (source: Source): void => void sources.add(source);
  const removeSource = (source: Source): void => void sources.delete(source);

  // They stay when the work is done, and only pass on: others may have wrapped them by then.
  for (const name of METHODS) {
    const held = (...args: unknown[]): unknown => {
      if (state === "open") return begin(name, args);
      if (state === "working") return wait(name, args);
      if (state === "failed") return answer(name, args);
      return state === "answered" ? dropped(name, true) : call(name, args);
    };
    Object.defineProperty(response, name, { configurable: true, writable: true, value: held });
  }
  response.on("pipe", addSource);
  response.on("unpipe", removeSource);
}

/** What `writeHead` was told, but for its headers: they are the response's now, and what the work sets can join them. */
function withHeadersSet(response: NodeResponse, args: readonly unknown[]): readonly unknown[] {
  const [status, second, third] = args;
  if (typeof status === "number") response.statusCode = status;
  const isReason = typeof second === "string";
  const headers = third ?? (isReason ? undefined : second);
  if (Array.isArray(headers)) {
    const fields = pairs(headers);
    for (const [name] of fields) Reflect.apply(response.removeHeader, response, [name]);
    for (const field of fields) Reflect.apply(response.appendHeader, response, field);
  } else if (typeof headers === "object" && headers !== null) {
    for (const field of Object.entries(headers)) Reflect.apply(response.setHeader, response, field);
  }
  return isReason ? [status, second] : [status];
}

/** Node takes a list of names and values in turn, and a list of pairs. */
function pairs(headers: readonly unknown[]): readonly (readonly unknown[])[] {
  if (Array.isArray(headers[0])) return headers as readonly (readonly unknown[])[];
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []));
}

/** What `failed` throws is for nobody's promise: an uncaught exception, as from any callback of Node. */
function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
