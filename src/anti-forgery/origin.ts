import type { Request } from "../types.ts";
import { headerValues } from "../http/headers.ts";
import { parseHost } from "../http/host.ts";
import { kindOf, show } from "../shared/values.ts";

/** The parts of a request that say where it was sent. */
export type TargetRequest = Pick<Request, "headers" | "scheme" | "serverName" | "serverPort">;

/**
 * Returns the origin that a request was sent to, as a browser writes it: scheme, host and port. The host comes from the
 * server adapter, which knows the trusted proxies. Without one it comes from the Host header. Returns undefined if that
 * header is malformed.
 */
export function ownOrigin(request: TargetRequest): string | undefined {
  const host = parseHost(onlyValue(request, "host") ?? "");
  const { scheme = "http", serverName, serverPort } = request;
  if (serverName !== undefined) return originText(scheme, serverName, serverPort);
  return host && originText(scheme, host.name, host.port);
}

/**
 * Returns the value of a header, or undefined without one. If it came several times it cannot be trusted, and is `""`.
 */
export function onlyValue({ headers }: Pick<Request, "headers">, name: string): string | undefined {
  const [value, another] = headerValues(headers, name);
  return another === undefined ? value : "";
}

/**
 * Returns trusted origins as browsers write them.
 *
 * @throws TypeError if one of them is anything else than a scheme, a host and a port
 */
export function checkedOrigins(where: string, given: unknown): ReadonlySet<string> {
  if (!Array.isArray(given)) throw new TypeError(`${where}: trustedOrigins must be a list, got ${kindOf(given)}`);
  return new Set(given.map((origin: unknown) => checkedOrigin(where, origin)));
}

function checkedOrigin(where: string, given: unknown): string {
  const url = typeof given === "string" && URL.canParse(given) ? new URL(given) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url !== undefined && isWeb && parseHost(url.host) !== undefined) {
    const port = url.protocol === "https:" ? ":443" : ":80";
    if (given === url.origin || (url.port === "" && given === url.origin + port)) return url.origin;
  }
  const cure = 'a scheme, a host and a port, as in "https://example.com" or "http://localhost:3000"';
  throw new TypeError(`${where}: trustedOrigins must be origins, ${cure}, got ${show(given)}; there are no patterns`);
}

/** Returns an origin as text. Default ports of both schemes are left out: a proxy may have changed the scheme. */
function originText(scheme: string, name: string, port: number | undefined): string {
  return `${scheme}://${name}${port === undefined || port === 80 || port === 443 ? "" : `:${port}`}`;
}
