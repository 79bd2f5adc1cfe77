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
 * meanwhile waits, with backpressure. Where it fails, what waited is forgotten, and `failed` may answer in its place.
 */
export function beforeHead(
  response: NodeResponse,
  work: (status: number) => Awaitable<void>,
  failed: (error: unknown) => void,
): void {
  const originals = new Map(METHODS.map((name) => [name, Reflect.get(response, name) as AnyFunction]));
  const waiting: (() => unknown)[] = [];
  const sources = new Set<Source>();
  let state: "open" | "working" | "over" = "open";
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
    for (const each of waiting) flowing = each() !== false;
    if (mustDrain && flowing) response.emit("drain");
  };

  const giveUp = (error: unknown): void => {
    letGo();
    // A source that flowed on would write into the answer that tells of the failure.
    for (const source of sources) source.unpipe(response);
    failed(error);
  };

  const begin = (name: Method, args: readonly unknown[]): unknown => {
    if (name === "writeHead" && typeof args[0] === "number") response.statusCode = args[0];
    state = "working";
    let done: Awaitable<void>;
    try {
      done = work(response.statusCode);
    } catch (error) {
      giveUp(error);
      return name === "write" ? true : response;
    }
    if (!isPromise(done)) {
      letGo();
      return call(name, args);
    }
    Object.defineProperty(response, "headersSent", { configurable: true, get: () => true });
    done.then(goOn, giveUp);
    return wait(name, args);
  };

  const wait = (name: Method, args: readonly unknown[]): unknown => {
    waiting.push(() => call(name, args));
    if (name !== "write") return name === "flushHeaders" ? undefined : response;
    mustDrain = true;
    return false;
  };

  const addSource = (source: Source): void => void sources.add(source);
  const removeSource = (source: Source): void => void sources.delete(source);

  // They stay when the work is done, and only pass on: others may have wrapped them by then.
  for (const name of METHODS) {
    const held = (...args: unknown[]): unknown => {
      if (state === "open") return begin(name, args);
      return state === "working" ? wait(name, args) : call(name, args);
    };
    Object.defineProperty(response, name, { configurable: true, writable: true, value: held });
  }
  response.on("pipe", addSource);
  response.on("unpipe", removeSource);
}
