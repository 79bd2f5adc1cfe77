import type { StoreContext } from "../../types.ts";
import type { Replacement } from "../shared/optimistic.ts";
import type { SendCommand } from "./client.ts";
import { redisScript, runScript } from "./script.ts";

/**
 * Puts a value in the place of another one; null removes that one. Nothing is done if that very value does not stand
 * there any more. `expiry` has the arguments that SET takes for it. It is one command, once the server knows it.
 */
export type CompareAndSet = (
  key: string,
  before: string,
  after: string | null,
  expiry: readonly string[],
  context: StoreContext,
) => Promise<Replacement<string>>;

/**
 * The script returns nothing if there is no value, the value if it is another one, and empty text if it was replaced.
 */
const SCRIPT = redisScript(`local value = redis.call("GET", KEYS[1])
if not value then return false end
if value ~= ARGV[1] then return value end
if #ARGV == 1 then redis.call("DEL", KEYS[1]) else redis.call("SET", KEYS[1], ARGV[2], unpack(ARGV, 3)) end
return ""`);

/**
 * Compares and sets by SET with IFEQ if the server has it (Valkey 8.1, Redis 8.4), otherwise by a script. The first
 * change finds out which: a server without IFEQ refuses it as a syntax error. From then on it gets the script.
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
