import { randomBytes } from "../../crypto/random.ts";

/** Facts about a stored session, in the line above its text. */
export interface RedisHeader {
  /** When the cookie was last sent, in milliseconds since 1970. */
  readonly renewed?: number | undefined;
  /** Whose session it is. */
  readonly owner?: RedisOwner | undefined;
}

/** Facts about a session of a principal. Times are in milliseconds since 1970. */
export interface RedisOwner {
  readonly principal: string;
  readonly created: number;
  readonly written: number;
  /** Seconds to live that a read gives it; undefined if reads leave the clock alone. */
  readonly idle: number | undefined;
  /** The time until which the index lists it at least. Undefined is for ever. */
  readonly listedUntil: number | undefined;
}

const NONCE_BYTES = 9;
const NO_HEADER: RedisHeader = {};

/** The length of a line that has only a nonce. */
const NONCE_ONLY = 16;

/**
 * Makes a value of Redis: a line, and the session's text under it. The line is a JSON list, `[nonce, renewed, created,
 * written, idle, listed until, principal]`. It stops after the last fact that is known; 0 stands for an unknown one.
 *
 * The nonce makes each value unique: a later value is never equal to one that was compared.
 */
export function redisValue(text: string, header: RedisHeader): string {
  const { renewed = 0, owner } = header;
  const list: (string | number)[] = [randomBytes(NONCE_BYTES).toString("base64url")];
  if (renewed !== 0 || owner !== undefined) list.push(renewed);
  if (owner !== undefined) list.push(owner.created, owner.written, owner.idle ?? 0, owner.listedUntil ?? 0);
  if (owner !== undefined) list.push(owner.principal);
  return `${JSON.stringify(list)}\n${text}`;
}

/**
 * Makes the first value of a fresh key. It needs no nonce, because there was no value before it that could be equal.
 */
export function firstRedisValue(text: string, header: RedisHeader): string {
  return header.renewed === undefined && header.owner === undefined ? `\n${text}` : redisValue(text, header);
}

/** Returns the session's text. */
export function sessionText(value: string): string {
  return value.slice(value.indexOf("\n") + 1);
}

/** Returns the facts in the line of a value. */
export function headerOf(value: string): RedisHeader {
  const end = value.indexOf("\n");
  if (end <= NONCE_ONLY) return NO_HEADER;
  const [, renewed, created, written, idle, listedUntil, principal] = partsOf(value.slice(0, end));
  return {
    renewed: ifPositive(renewed),
    owner: typeof principal === "string" ? ownerOf(principal, [created, written, idle, listedUntil]) : undefined,
  };
}

/** Returns how the line of a principal's session ends. No other principal's line does: JSON would escape the quotes. */
export function endOfHeader(principal: string): string {
  return `,${JSON.stringify(principal)}]`;
}

function ownerOf(principal: string, [created, written, idle, listedUntil]: readonly unknown[]): RedisOwner {
  return {
    principal,
    created: ifPositive(created) ?? 0,
    written: ifPositive(written) ?? 0,
    idle: ifPositive(idle),
    listedUntil: ifPositive(listedUntil),
  };
}

function partsOf(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    // The error of JSON.parse quotes the line.
    return [];
  }
}

function ifPositive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
