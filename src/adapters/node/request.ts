import type { TLSSocket } from "node:tls";
import { plainAddress } from "../../http/address.ts";
import { parseHost } from "../../http/host.ts";
import { parseTarget } from "../../http/target.ts";
import type { Headers, Request } from "../../types.ts";
import type { NodeRequest } from "./messages.ts";
import { type ProxyTrust, readForwarded } from "./proxy.ts";

/** Returns the request map of a Node request. `trusts` says which proxies' forwarded headers count. Default: none. */
export function nodeRequest(incoming: NodeRequest, trusts?: ProxyTrust): Request {
  const target = parseTarget(incoming.url ?? "/");
  const headers = incoming.httpVersionMajor < 2 ? incoming.headers : withoutPseudoHeaders(incoming.headers);
  const peer = plainAddress(incoming.socket.remoteAddress ?? "");
  const forwarded = trusts === undefined ? undefined : readForwarded(headers, peer, trusts);
  const scheme = forwarded?.scheme ?? (isEncrypted(incoming) ? "https" : "http");
  const host = forwarded?.host ?? parseHost(target.authority ?? textOrEmpty(headers["host"]));
  return {
    method: incoming.method ?? "GET",
    uri: target.path,
    queryString: target.query,
    headers,
    scheme,
    serverName: host?.name,
    serverPort: host === undefined ? undefined : (host.port ?? (scheme === "https" ? 443 : 80)),
    remoteAddr: (forwarded?.remoteAddr ?? peer) || undefined,
    protocol: `HTTP/${incoming.httpVersion}`,
    body: mayHaveBody(incoming) ? bodyOf(incoming) : null,
  };
}

/**
 * Whether a request came over TLS. Only the socket counts: the client itself chooses `:scheme` and an absolute target.
 */
export function isEncrypted(incoming: NodeRequest): boolean {
  return (incoming.socket as Partial<TLSSocket>).encrypted === true;
}

/**
 * Returns headers without those of HTTP/2 that begin with a colon. `:authority` becomes `host` (RFC 9113, section
 * 8.3.1).
 */
function withoutPseudoHeaders(headers: Headers): Headers {
  const fields = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
  return Object.fromEntries([["host", headers[":authority"]], ...fields]);
}

function textOrEmpty(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

/**
 * Whether a request may have a body. In HTTP/1.1 a header announces it (RFC 9112, section 6.3); in HTTP/2 none has to.
 */
function mayHaveBody({ headers, httpVersionMajor }: NodeRequest): boolean {
  return headers["content-length"] !== undefined || "transfer-encoding" in headers || httpVersionMajor > 1;
}

/**
 * Returns the body of a request. A handler may stop half way and still respond; Node's own iterator would disconnect.
 */
function bodyOf(incoming: NodeRequest): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) };
}
