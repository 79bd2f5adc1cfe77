import { randomBytes } from "../../crypto/random.ts";

/** What a stored session says of itself, in the line above its text. */
export interface RedisHeader {
  /** When the cookie was last sent, in milliseconds since 1970. */
  readonly renewed?: number | undefined;
  /** Whose it is. */
  readonly owner?: RedisOwner | undefined;
}

/** What is kept of a session that is somebody's. Times in milliseconds since 1970. */
export interface RedisOwner {
  readonly principal: string;
  readonly created: number;
  readonly written: number;
  /** Seconds that a read gives it; undefined where reads leave the clock alone. */
  readonly idle: number | undefined;
  /** Until when the index lists it at least; undefined: for ever. */
  readonly listedUntil: number | undefined;
}

const NONCE_BYTES = 9;
const NO_HEADER: RedisHeader = {};

/** The length of a line with nothing but a nonce in it. */
const NONCE_ONLY = 16;

/**
 * A value of Redis: a line, and the session's text under it. The line is a JSON list, `[nonce, renewed, created,
 * written, idle, listed until, principal]` as far as there is something to say, 0 for nothing.
 *
 * The nonce makes each value the only one of its kind: what is compared with it cannot be an equal, later one.
 */
export function redisValue(text: string, header: RedisHeader): string {
  const { renewed = 0, owner } = header;
  const list: (string | number)[] = [randomBytes(NONCE_BYTES).toString("base64url")];
  if (renewed !== 0 || owner !== undefined) list.push(renewed);
  if (owner !== undefined) list.push(owner.created, owner.written, owner.idle ?? 0, owner.listedUntil ?? 0);
  if (owner !== undefined) list.push(owner.principal);
  return `${JSON.stringify(list)}\n${text}`;
}

/** The first value of a fresh key. It needs no nonce: there was none before it that could be equal. */
export function firstRedisValue(text: string, header: RedisHeader): string {
  return header.renewed === undefined && header.owner === undefined ? `\n${text}` : redisValue(text, header);
}

/** The session's text. */
export function sessionText(value: string): string {
  return value.slice(value.indexOf("\n") + 1);
}

/** What the line of a value says. */
export function headerOf(value: string): RedisHeader {
  const end = value.indexOf("\n");
  if (end <= NONCE_ONLY) return NO_HEADER;
  const [, renewed, created, written, idle, listedUntil, principal] = partsOf(value.slice(0, end));
  return {
    renewed: ifPositive(renewed),
    owner: typeof principal === "string" ? ownerOf(principal, [created, written, idle, listedUntil]) : undefined,
  };
}

/** How the line of a session of a principal ends. No other principal's does: in JSON, its quotes would be escaped. */
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
