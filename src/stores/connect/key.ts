import { createHmac, createSecretKey, type KeyObject } from "node:crypto";

import { checkFlag } from "../../shared/options.ts";
import { equalInConstantTime } from "../../crypto/compare.ts";
import { handleOf } from "../../crypto/session-key.ts";
import { isPlainList, kindOf } from "../../shared/values.ts";

/** Options that say what sessions are filed under in a store of express-session. */
interface ConnectKeyOptions {
  readonly plainKeys?: boolean | undefined;
  readonly secret?: string | readonly string[] | undefined;
}

const LONGEST_PLAIN_KEY = 256;

/**
 * Returns a function from a key to the handle that its session is filed under; undefined for a key that can have none.
 *
 * @throws TypeError if an option is not valid
 */
export function connectKeys(
  where: string,
  { plainKeys = false, secret = [] }: ConnectKeyOptions,
): (key: string) => string | undefined {
  checkFlag(where, "plainKeys", plainKeys);
  const secrets = checkedSecrets(where, secret);
  const nameOf = plainKeys ? plain : handleOf;
  return (key) => unsigned(key, secrets) ?? nameOf(key);
}

function checkedSecrets(where: string, secret: string | readonly string[]): readonly KeyObject[] {
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (isPlainList(secrets) && secrets.every((each) => typeof each === "string" && each !== "")) {
    return secrets.map((each) => createSecretKey(each, "utf8"));
  }
  throw new TypeError(
    `${where}: secret must be the text that express-session has, or a list of such, got ${secret === "" ? "empty text" : kindOf(secret)}`,
  );
}

/** Returns a key, if it has only characters that express-session uses itself: a store may use it as a file's name. */
function plain(key: string): string | undefined {
  if (key === "" || key.length > LONGEST_PLAIN_KEY) return undefined;
  for (let index = 0; index < key.length; index++) {
    if (!isPlain(key.charAt(index))) return undefined;
  }
  return key;
}

function isPlain(character: string): boolean {
  if (character >= "0" && character <= "9") return true;
  if (character >= "a" && character <= "z") return true;
  return (character >= "A" && character <= "Z") || character === "-" || character === "_";
}

/**
 * Returns the session id in a cookie of express-session: `s:`, the id, a dot, and the HMAC-SHA256 of the id in base64
 * without padding.
 */
function unsigned(key: string, secrets: readonly KeyObject[]): string | undefined {
  const dot = key.lastIndexOf(".");
  if (secrets.length === 0 || !key.startsWith("s:") || dot < 3) return undefined;
  const id = key.slice("s:".length, dot);
  // @fastify/cookie writes a bare +, which a cookie's reader takes for a space.
  const given = key.slice(dot + 1).replaceAll(" ", "+");
  return secrets.some((secret) => isSignature(given, id, secret)) ? id : undefined;
}

function isSignature(given: string, id: string, secret: KeyObject): boolean {
  const right = createHmac("sha256", secret).update(id).digest("base64").replaceAll("=", "");
  return equalInConstantTime(given, right);
}
