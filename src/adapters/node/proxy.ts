import { BlockList, isIP } from "node:net";
import { parseAddress } from "../../http/address.ts";
import { trimmed } from "../../http/headers.ts";
import { type Host, parseHost } from "../../http/host.ts";
import { kindOf, show } from "../../shared/values.ts";
import type { Headers } from "../../types.ts";

/**
 * The proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` are trusted.
 *
 * - `false`: none.
 * - `true`: whoever connects, and nobody before it. Use it if there is one proxy, and only it can reach this port.
 * - a list of addresses and ranges, `["10.0.0.0/8", "::1"]`: these proxies. `"loopback"`, `"linklocal"` and
 *   `"uniquelocal"` are the ranges of that name.
 * - a function: the addresses for which it returns true. A Unix socket has the address `""`.
 */
export type TrustProxy = boolean | readonly string[] | ((address: string) => boolean);

/** Named ranges, the same as in `proxy-addr`, so that `ringlet/middleware/forwarded` accepts the same lists. */
const NAMED_RANGES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/** Whether the proxy at an address is trusted. `hop` is 0 for whoever is connected, and 1 for the one before it. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/** Values of the headers of a trusted proxy. A value is undefined if it is missing or malformed. */
export interface Forwarded {
  readonly scheme: "http" | "https" | undefined;
  readonly host: Host | undefined;
  readonly remoteAddr: string;
}

/**
 * Returns the option as a function, or undefined if no proxy is trusted.
 *
 * @throws TypeError if a list holds something that is neither an address nor a range
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

/**
 * Reads the forwarded headers. Returns undefined if the peer is not trusted: then the client itself may have set them.
 */
export function readForwarded(headers: Headers, peer: string, trusts: ProxyTrust): Forwarded | undefined {
  if (!trusts(peer, 0)) return undefined;
  const proto = lastOf(headers["x-forwarded-proto"]).toLowerCase();
  return {
    scheme: proto === "https" || proto === "http" ? proto : undefined,
    host: parseHost(lastOf(headers["x-forwarded-host"])),
    remoteAddr: clientAddress(joinedHeader(headers["x-forwarded-for"]), peer, trusts),
  };
}

/**
 * Returns the client's address. Each proxy has added the address of its peer; from the right, the first untrusted
 * counts.
 */
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
