import type { StoreContext } from "../../types.ts";
import type { Replacement } from "../shared/optimistic.ts";
import type { SendCommand } from "./client.ts";
import { redisScript, runScript } from "./script.ts";

/**
 * Puts a value in the place of another, null: removes it; only where that very one still stands there. `expiry` is what
 * SET takes for it. One command, where the server knows it already.
 */
export type CompareAndSet = (
  key: string,
  before: string,
  after: string | null,
  expiry: readonly string[],
  context: StoreContext,
) => Promise<Replacement<string>>;

/** Answers nothing where there is no value, another value where there is one, and empty text where it has been done. */
const SCRIPT = redisScript(`local value = redis.call("GET", KEYS[1])
if not value then return false end
if value ~= ARGV[1] then return value end
if #ARGV == 1 then redis.call("DEL", KEYS[1]) else redis.call("SET", KEYS[1], ARGV[2], unpack(ARGV, 3)) end
return ""`);

/**
 * Compares and sets by SET with IFEQ, where the server has it (Valkey 8.1, Redis 8.4), and by a script elsewhere. Which
 * of them, the first change finds out: a server without IFEQ refuses it as a syntax error, and from then on it is not
 * asked again.
 */
export function createCompareAndSet(send: SendCommand): CompareAndSet {
  let native = true;

  const byCommand = async (
    key: string,
    before: string,
    after: string,
    expiry: readonly string[],
    context: StoreContext,
  ): Promise<unknown> => {
    const answer = await send(key, ["SET", key, after, "IFEQ", before, "GET", ...expiry], context);
    // Some servers answer nothing for "another value stands there" too.
    return answer ?? send(key, ["GET", key], context);
  };

  const byScript = async (
    key: string,
    before: string,
    after: string | null,
    expiry: readonly string[],
    context: StoreContext,
  ): Promise<unknown> => {
    return runScript(send, SCRIPT, key, after === null ? [before] : [before, after, ...expiry], context);
  };

  const ask: (...args: Parameters<CompareAndSet>) => Promise<unknown> = async (key, before, after, expiry, context) => {
    // The native deletions say only whether they did it, not what stands there instead.
    if (!native || after === null) return byScript(key, before, after, expiry, context);
    try {
      return await byCommand(key, before, after, expiry, context);
    } catch (error) {
      if (!isSyntaxError(error)) throw error;
      native = false;
      return byScript(key, before, after, expiry, context);
    }
  };

  return async (key, before, after, expiry, context) => {
    const answer = await ask(key, before, after, expiry, context);
    // A client that sends a command again after a lost reply finds its own value there: it is the only one of its kind.
    if (answer === "" || answer === before) return { done: true, row: after ?? undefined };
    if (typeof answer !== "string") return { done: false, row: undefined };
    return { done: answer === after, row: answer };
  };
}

function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && error.message.toLowerCase().includes("syntax error");
}
