import { isIP } from "node:net";

/** Returns an address without the prefix `::ffff:`, which sockets for both families put before an IPv4 address. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/**
 * Returns the IP address in a text of a proxy, or undefined if it is none. Some proxies add a port:
 * `[2001:db8::1]:4711`.
 */
export function parseAddress(text: string): string | undefined {
  const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
  const colon = text.indexOf(":");
  const hasPort = colon !== -1 && colon === text.lastIndexOf(":");
  const address = plainAddress(bracket > 0 ? text.slice(1, bracket) : text.slice(0, hasPort ? colon : text.length));
  return isIP(address) === 0 ? undefined : address;
}
