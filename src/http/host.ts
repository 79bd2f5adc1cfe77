import type { Request } from "../types.ts";
import { isDigit } from "./headers.ts";

/** Host and port that a client asked for. The name is in lower case; an IPv6 address keeps its brackets. */
export interface Host {
  readonly name: string;
  readonly port: number | undefined;
}

/** Parses the value of a `Host` header (RFC 9110, section 7.2). Returns undefined if it is malformed. */
export function parseHost(text: string): Host | undefined {
  const end = text.startsWith("[") ? text.indexOf("]") + 1 : nameEnd(text);
  const name = text.slice(0, end);
  if (!isHost(name)) return undefined;
  if (end >= text.length - 1) return end === text.length || text.endsWith(":") ? named(name, undefined) : undefined;
  const port = text.startsWith(":", end) ? parsePort(text.slice(end + 1)) : undefined;
  return port === undefined ? undefined : named(name, port);
}

function nameEnd(text: string): number {
  const colon = text.indexOf(":");
  return colon === -1 ? text.length : colon;
}

function named(name: string, port: number | undefined): Host {
  return { name: name.toLowerCase(), port };
}

function isHost(name: string): boolean {
  if (name.length === 0 || name.length > 255) return false;
  if (!name.startsWith("[")) return everyCode(name, isNameCode);
  return name.length > 3 && everyCode(name.slice(1, -1), isAddressCode);
}

function parsePort(digits: string): number | undefined {
  if (digits.length > 5 || !everyCode(digits, isDigit)) return undefined;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function everyCode(text: string, fits: (code: number) => boolean): boolean {
  for (let index = 0; index < text.length; index++) {
    if (!fits(text.charCodeAt(index))) return false;
  }
  return true;
}

/**
 * Whether a name may have this character: a letter, a digit, `-`, `.` or `_`. None of them is special in a page or URL.
 */
function isNameCode(code: number): boolean {
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x7a) || code === 0x2d || code === 0x2e || code === 0x5f;
}

/** Whether an IPv6 address may have this character: a hexadecimal digit, `:` or `.`. */
function isAddressCode(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x66) || (code >= 0x30 && code <= 0x3a) || code === 0x2e;
}

/**
 * Returns the host that a client asked for, fit for a URL. Returns undefined if the client named none, or a malformed
 * one. If `serverName` differs from the Host header, it comes from a trusted proxy, and it counts.
 */
export function requestHost({ headers, serverName, serverPort }: Request): Host | undefined {
  const field = headers["host"];
  const asked = typeof field === "string" ? parseHost(field) : undefined;
  if (serverName === undefined || asked?.name === serverName) return asked;
  const host = parseHost(serverName);
  if (host === undefined || host.port !== undefined) return undefined;
  return { name: host.name, port: serverPort === 80 || serverPort === 443 ? undefined : serverPort };
}

/** Returns a host as it is written in a URL. */
export function authorityOf({ name, port }: Host): string {
  return port === undefined ? name : `${name}:${port}`;
}
