/**
 * Scheme and address of the visitor, from the headers of a trusted proxy. After `ring.middleware.proxy-headers` and
 * `ring.middleware.ssl`.
 *
 * Both middleware are for servers other than `ringlet/node`: its option `trustProxy` does this, and reads the host too.
 * Their order does not matter.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";

import proxyAddr from "proxy-addr";

import { parseAddress } from "../../http/address.ts";
import { headerValues, trimmed } from "../../http/headers.ts";
import { extended } from "../../http/request-map.ts";
import { checkHandler, checkNames } from "../../shared/options.ts";
import { kindOf } from "../../shared/values.ts";
import type { Handler, Request, Response } from "../../types.ts";

/** Options of `wrapForwardedScheme` and `wrapForwardedRemoteAddr`. */
export interface ForwardedOptions {
  /**
   * The trusted proxies: addresses, ranges (`"10.0.0.0/8"`), `"loopback"`, `"linklocal"`, `"uniquelocal"`.
   *
   * `true` trusts whoever is connected, as Ring does. Use it only if nobody but your one proxy can reach this server.
   * Anybody else could write any scheme and address.
   */
  readonly trust: readonly string[] | true;
}

/** Options of `wrapForwardedScheme`. */
export interface ForwardedSchemeOptions extends ForwardedOptions {
  /** The name of the header. Default `"x-forwarded-proto"`. */
  readonly header?: string | undefined;
}

/**
 * Middleware: sets `scheme` to the `X-Forwarded-Proto` of a trusted proxy. After Ring's `wrap-forwarded-scheme`. Of
 * several values the last counts, because the connected proxy wrote it. A value other than `http` and `https` changes
 * nothing.
 *
 * @throws TypeError if an option is missing or unknown, or if `trust` holds something that is no address
 */
export function wrapForwardedScheme<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: ForwardedSchemeOptions,
): Handler<Req, Res> {
  checkHandler("wrapForwardedScheme", handler);
  checkNames("wrapForwardedScheme", "option", options, ["trust", "header"]);
  const { header = "x-forwarded-proto" } = options;
  if (typeof header !== "string") {
    throw new TypeError(`wrapForwardedScheme: header must be text, got ${kindOf(header)}`);
  }
  const trusts = trustOf("wrapForwardedScheme", options.trust);
  const name = header.toLowerCase();
  return (request) => {
    const said = headerValues(request.headers, name).join(",");
    const scheme = trimmed(said.slice(said.lastIndexOf(",") + 1)).toLowerCase();
    const isScheme = scheme === "http" || scheme === "https";
    return handler(isScheme && trusts(peerOf(request), 0) ? extended(request, { scheme }) : request);
  };
}

/**
 * Middleware: sets `remoteAddr` to the visitor's address, by the `X-Forwarded-For` of trusted proxies. It is the first
 * address from the right that is not one of theirs. After Ring's `wrap-forwarded-remote-addr`, which always takes the
 * last one. A value that is no address changes nothing.
 *
 * @throws TypeError if `trust` is missing or holds something that is no address, or if there is another option
 */
export function wrapForwardedRemoteAddr<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: ForwardedOptions,
): Handler<Req, Res> {
  checkHandler("wrapForwardedRemoteAddr", handler);
  checkNames("wrapForwardedRemoteAddr", "option", options, ["trust"]);
  const trusts = trustOf("wrapForwardedRemoteAddr", options.trust);
  return (request) => {
    const peer = peerOf(request);
    const said = headerValues(request.headers, "x-forwarded-for").join(",");
    if (said === "" || !trusts(peer, 0)) return handler(request);
    const remoteAddr = parseAddress(proxyAddr(messageOf(said, peer), trusts));
    return handler(remoteAddr === undefined ? request : extended(request, { remoteAddr, [PEER]: peer }));
  };
}

/** Name under which a request carries the address of the connected proxy, after `remoteAddr` became the visitor's. */
const PEER: unique symbol = Symbol.for("ringlet.peer");

type Trust = (address: string, hop: number) => boolean;

function trustOf(where: string, trust: ForwardedOptions["trust"]): Trust {
  if (trust === true) return (_address, hop) => hop === 0;
  if (!Array.isArray(trust)) {
    throw new TypeError(
      `${where}: trust must be a list of addresses such as ["loopback"], or true; got ${kindOf(trust)}`,
    );
  }
  const trusts = compiled(where, trust);
  return (text, hop) => {
    const address = parseAddress(text);
    return address !== undefined && trusts(address, hop);
  };
}

function compiled(where: string, trust: readonly string[]): Trust {
  try {
    return proxyAddr.compile([...trust]);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new TypeError(`${where}: trust: ${detail}; write addresses, ranges such as "10.0.0.0/8", or "loopback"`, {
      cause: error,
    });
  }
}

/**
 * Returns the address of whoever is connected, also after `wrapForwardedRemoteAddr` has changed `remoteAddr`. A Unix
 * socket has none.
 */
function peerOf(request: Request & { readonly [PEER]?: unknown }): string {
  const peer = request[PEER];
  return typeof peer === "string" ? peer : (request.remoteAddr ?? "");
}

/** Returns the part of a Node message that proxy-addr reads. */
function messageOf(forwardedFor: string, remoteAddress: string): IncomingMessage {
  const message = { headers: { "x-forwarded-for": forwardedFor }, socket: { remoteAddress } };
  return message as unknown as IncomingMessage;
}
