import { BlockList, isIP } from "node:net";
import { parseAddress } from "../../http/address.ts";
import { trimmed } from "../../http/headers.ts";
import { type Host, parseHost } from "../../http/host.ts";
import { kindOf, show } from "../../shared/values.ts";
import type { Headers } from "../../types.ts";

/**
 * Whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` are believed.
 *
 * - `false`: nobody's.
 * - `true`: those of whoever connects, and of nobody before it: one proxy in front, and this port open to it alone.
 * - a list of addresses and ranges, `["10.0.0.0/8", "::1"]`: those of these proxies. `"loopback"`, `"linklocal"` and
 *   `"uniquelocal"` are the ranges of that name.
 * - a function: those of the addresses for which it answers true. A Unix socket has the address `""`.
 */
export type TrustProxy = boolean | readonly string[] | ((address: string) => boolean);

/** As `proxy-addr` has them, so that one list does for a server and for `ringlet/middleware/forwarded`. */
const NAMED_RANGES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/** Whether the proxy at an address is believed; `hop` is 0 for whoever is connected, 1 for the one behind it. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/** What a trusted proxy says of the request that it passed on. Undefined: it says nothing that can be read. */
export interface Forwarded {
  readonly scheme: "http" | "https" | undefined;
  readonly host: Host | undefined;
  readonly remoteAddr: string;
}

/**
 * Makes the option a function; undefined where nobody is trusted.
 *
 * @throws TypeError where a list holds something that is neither an address nor a range
 */
export function proxyTrust(where: string, option: TrustProxy | undefined): ProxyTrust | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return (_address, hop) => hop === 0;
  if (typeof option === "function") return (address) => option(address);
  if (!Array.isArray(option)) {
    throw new TypeError(`${where}: trustProxy must be true, false, a list or a function, got ${kindOf(option)}`);
  }
  const known = new BlockList();
  const entries: readonly unknown[] = option;
  entries.forEach((entry, index) => {
    for (const range of NAMED_RANGES.get(entry) ?? [entry]) addRange(known, range, `${where}: trustProxy[${index}]`);
  });
  return (address) => known.check(address, familyOf(address));
}

/** Reads the forwarded headers. Undefined where the peer is not trusted: then they are the client's own words. */
export function readForwarded(headers: Headers, peer: string, trusts: ProxyTrust): Forwarded | undefined {
  if (!trusts(peer, 0)) return undefined;
  const proto = lastOf(headers["x-forwarded-proto"]).toLowerCase();
  return {
    scheme: proto === "https" || proto === "http" ? proto : undefined,
    host: parseHost(lastOf(headers["x-forwarded-host"])),
    remoteAddr: clientAddress(joinedHeader(headers["x-forwarded-for"]), peer, trusts),
  };
}

/** From the right, each proxy wrote down who connected to it: the first that is not trusted is the client. */
function clientAddress(list: string, peer: string, trusts: ProxyTrust): string {
  let address = peer;
  let end = list.length;
  for (let hop = 0; end > 0 && trusts(address, hop); hop++) {
    const comma = list.lastIndexOf(",", end - 1);
    const next = parseAddress(trimmed(list.slice(comma + 1, end)));
    if (next === undefined) return address;
    address = next;
    end = comma;
  }
  return address;
}

function addRange(known: BlockList, entry: unknown, name: string): void {
  const [base = "", prefix, ...rest] = typeof entry === "string" ? entry.split("/") : [];
  const family = familyOf(base);
  const longest = family === "ipv4" ? 32 : 128;
  const bits = prefix === undefined ? longest : Number(prefix);
  if (isIP(base) === 0 || rest.length > 0 || prefix === "" || !Number.isInteger(bits) || bits < 0 || bits > longest) {
    throw new TypeError(
      `${name} must be an IP address, a range such as "10.0.0.0/8", or "loopback", got ${show(entry)}`,
    );
  }
  known.addSubnet(base, bits, family);
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return address.includes(":") ? "ipv6" : "ipv4";
}

function lastOf(value: string | readonly string[] | undefined): string {
  const list = joinedHeader(value);
  return trimmed(list.slice(list.lastIndexOf(",") + 1));
}

function joinedHeader(value: string | readonly string[] | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : value.join(",");
}
