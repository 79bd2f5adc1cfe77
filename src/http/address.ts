import { isIP } from "node:net";

/** Sockets that serve both families show an IPv4 peer as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** The IP address in what a proxy wrote; some add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
export function parseAddress(text: string): string | undefined {
  const bracket = text.startsWith("[") ? text.indexOf("]") : -1;
  const colon = text.indexOf(":");
  const hasPort = colon !== -1 && colon === text.lastIndexOf(":");
  const address = plainAddress(bracket > 0 ? text.slice(1, bracket) : text.slice(0, hasPort ? colon : text.length));
  return isIP(address) === 0 ? undefined : address;
}
