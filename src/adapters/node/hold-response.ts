import { isPromise } from "../../shared/awaitable.ts";
import { savedHeaders } from "../../draft/saved-headers.ts";
import type { Awaitable, Headers } from "../../types.ts";
import type { NodeResponse } from "./messages.ts";

/** Source that flows into a response. It must stop if the response is not sent. */
interface Source {
  unpipe(target: object): unknown;
}

type Method = "writeHead" | "write" | "end" | "flushHeaders";
type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<Method, AnyFunction>;

/** Response whose head is held. */
interface Held {
  readonly response: NodeResponse;
  readonly originals: Methods;
  readonly work: (status: number) => Awaitable<void>;
  readonly failed: (error: unknown) => void;
  state: "open" | "working" | "over" | "failed" | "answered";
  /** Writes that wait until the work is done. */
  waiting: (() => unknown)[];
  mustDrain: boolean;
  sources: Source[];
}

/**
 * Runs `work` before the head of a response is sent. Nothing is sent until the work is done: writes wait, with
 * backpressure. The headers of `writeHead` are among the response's headers by then. If the work fails, the waiting
 * writes are forgotten, and `failed` may send another response. Later writes of the handler are dropped.
 */
export function beforeHead(response: NodeResponse, work: Held["work"], failed: Held["failed"]): void {
  // Under a type of four functions: the overloads of Node's differ between HTTP/1 and HTTP/2.
  const methods = response as unknown as Methods;
  const { writeHead, write, end, flushHeaders } = methods;
  const originals: Methods = { writeHead, write, end, flushHeaders };
  const held: Held = { response, originals, work, failed, state: "open", waiting: [], mustDrain: false, sources: [] };
  // They stay when the work is done, and only pass on: others may have wrapped them by then.
  methods.writeHead = (...args) => pass(held, "writeHead", args);
  methods.write = (...args) => pass(held, "write", args);
  methods.end = (...args) => pass(held, "end", args);
  methods.flushHeaders = (...args) => pass(held, "flushHeaders", args);
  // A source that has left by itself meanwhile does not mind being told to go.
  response.on("pipe", (source: Source) => void held.sources.push(source));
}

function pass(held: Held, name: Method, args: readonly unknown[]): unknown {
  if (held.state === "over") return call(held, name, args);
  if (held.state === "open") return begin(held, name, args);
  if (held.state === "working") return wait(held, name, args);
  return held.state === "failed" ? passAnswer(held, name, args) : asIfWritten(held, name, true);
}

function call({ originals, response }: Held, name: Method, args: readonly unknown[]): unknown {
  return Reflect.apply(originals[name], response, args);
}

function begin(held: Held, name: Method, given: readonly unknown[]): unknown {
  const { response, work } = held;
  const args = name === "writeHead" ? withHeadersSet(response, given) : given;
  held.state = "working";
  let done: Awaitable<void>;
  try {
    done = work(response.statusCode);
  } catch (error) {
    giveUp(held, error);
    return asIfWritten(held, name, true);
  }
  if (!isPromise(done)) {
    held.state = "over";
    return call(held, name, args);
  }
  Object.defineProperty(response, "headersSent", { configurable: true, get: () => true });
  done
    .then(
      () => goOn(held),
      (error: unknown) => giveUp(held, error),
    )
    .catch(throwLater);
  return wait(held, name, args);
}

function wait(held: Held, name: Method, args: readonly unknown[]): unknown {
  held.waiting.push(() => call(held, name, args));
  held.mustDrain ||= name === "write";
  return asIfWritten(held, name, false);
}

function goOn(held: Held): void {
  const { response, waiting, mustDrain } = held;
  held.state = "over";
  Reflect.deleteProperty(response, "headersSent");
  let flowing = true;
  try {
    for (const each of waiting) flowing = each() !== false;
  } catch (error) {
    // What was written is no text and no octets, say: its writer is gone, and cannot be told by a throw.
    return giveUp(held, error);
  }
  if (mustDrain && flowing) response.emit("drain");
}

function giveUp(held: Held, error: unknown): void {
  held.state = "failed";
  Reflect.deleteProperty(held.response, "headersSent");
  // A source that flowed on would write into the answer that tells of the failure.
  for (const source of held.sources) source.unpipe(held.response);
  held.failed(error);
}

function asIfWritten({ response }: Held, name: Method, flowing: boolean): unknown {
  if (name === "write") return flowing;
  return name === "flushHeaders" ? undefined : response;
}

function passAnswer(held: Held, name: Method, args: readonly unknown[]): unknown {
  const result = call(held, name, args);
  // Node makes a write after the end an uncaught exception, and the handler does not know that there was one.
  if (name === "end") held.state = "answered";
  return result;
}

/** Sets the headers of `writeHead` on the response, so that the work can add to them. Returns the other arguments. */
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

/** Returns headers as pairs. Node accepts a list of pairs, and a list in which names and values alternate. */
function pairs(headers: readonly unknown[]): readonly (readonly unknown[])[] {
  if (Array.isArray(headers[0])) return headers as readonly (readonly unknown[])[];
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]]] : []));
}

/** Throws an error outside of any promise, as an uncaught exception. A callback of Node would do so too. */
function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

/** Sets the headers of a saved session, and keeps the cookies, `cache-control` and `vary` that are there. */
export function setSavedHeaders(response: NodeResponse, saved: Headers | undefined): void {
  for (const [name, value] of savedHeaders(saved, (field) => response.getHeader(field))) {
    response.setHeader(name, value);
  }
}
