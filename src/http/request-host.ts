import type { Request } from "../types.ts";
import { type Host, parseHost } from "./host.ts";

/**
 * The host that a client asked for, fit to stand in a URL; undefined where it named none, or nonsense. A `serverName`
 * other than that of the Host header comes from a trusted proxy, and counts.
 */
export function requestHost({ headers, serverName, serverPort }: Request): Host | undefined {
  const field = headers["host"];
  const asked = typeof field === "string" ? parseHost(field) : undefined;
  if (serverName === undefined || asked?.name === serverName) return asked;
  const host = parseHost(serverName);
  if (host === undefined || host.port !== undefined) return undefined;
  return { name: host.name, port: serverPort === 80 || serverPort === 443 ? undefined : serverPort };
}

/** A host as it stands in a URL. */
export function authorityOf({ name, port }: Host): string {
  return port === undefined ? name : `${name}:${port}`;
}
