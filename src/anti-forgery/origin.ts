import type { Request } from "../types.ts";
import { headerValues } from "../http/headers.ts";
import { parseHost } from "../http/host.ts";
import { kindOf, show } from "../shared/values.ts";

/** What of a request says where it went to. */
export type TargetRequest = Pick<Request, "headers" | "scheme" | "serverName" | "serverPort">;

/**
 * The origin that a request was sent to, as a browser writes it: scheme, host and port. The host is that of the server
 * adapter, which knows proxies that are trusted, or the Host header's. Undefined where that is malformed.
 */
export function ownOrigin(request: TargetRequest): string | undefined {
  const host = parseHost(onlyValue(request, "host") ?? "");
  const { scheme = "http", serverName, serverPort } = request;
  if (serverName !== undefined) return originText(scheme, serverName, serverPort);
  return host && originText(scheme, host.name, host.port);
}

/** The value of a header; undefined where it did not come, empty where it came several times and cannot be relied on. */
export function onlyValue({ headers }: Pick<Request, "headers">, name: string): string | undefined {
  const [value, another] = headerValues(headers, name);
  return another === undefined ? value : "";
}

/**
 * Origins as browsers write them.
 *
 * @throws TypeError where one is anything else than a scheme, a host and a port
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

/** A port that is some scheme's default is left out: behind a proxy it may be that of the other scheme. */
function originText(scheme: string, name: string, port: number | undefined): string {
  return `${scheme}://${name}${port === undefined || port === 80 || port === 443 ? "" : `:${port}`}`;
}
