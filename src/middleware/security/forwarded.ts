/**
 * What a proxy says of the visitor, where it is believed. After `ring.middleware.proxy-headers` and
 * `ring.middleware.ssl`.
 *
 * Both are for servers other than `ringlet/node`, whose `trustProxy` does this, and the host besides. They may stand in
 * either order.
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

/** What `wrapForwardedScheme` and `wrapForwardedRemoteAddr` are told. */
export interface ForwardedOptions {
  /**
   * Which proxies are believed: addresses, ranges (`"10.0.0.0/8"`), `"loopback"`, `"linklocal"`, `"uniquelocal"`.
   *
   * `true` believes whoever is connected, as Ring does. Right only where nobody but the one proxy can reach this
   * server: anybody else would write scheme and address as they please.
   */
  readonly trust: readonly string[] | true;
}

/** What `wrapForwardedScheme` is told. */
export interface ForwardedSchemeOptions extends ForwardedOptions {
  /** The header. Default `"x-forwarded-proto"`. */
  readonly header?: string | undefined;
}

/**
 * Middleware: `scheme` is what a believed proxy says in `X-Forwarded-Proto`. After Ring's `wrap-forwarded-scheme`. Of
 * several values the last counts: it was written by the proxy that is connected. Other words change nothing.
 *
 * @throws TypeError where an option is missing, unknown or no address
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
 * Middleware: `remoteAddr` is the visitor's, by the `X-Forwarded-For` of believed proxies: from the right, the first
 * address that is not one of theirs. After Ring's `wrap-forwarded-remote-addr`, which takes the last whoever sent it.
 * What is no address changes nothing.
 *
 * @throws TypeError where `trust` is missing or no address, or another option is given
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

/** On a request whose `remoteAddr` is what a proxy said: who was really connected. */
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

/** Who is connected, also where the other of the two has said already who is behind it. A Unix socket has no address. */
function peerOf(request: Request & { readonly [PEER]?: unknown }): string {
  const peer = request[PEER];
  return typeof peer === "string" ? peer : (request.remoteAddr ?? "");
}

/** What proxy-addr reads of a message of Node. */
function messageOf(forwardedFor: string, remoteAddress: string): IncomingMessage {
  const message = { headers: { "x-forwarded-for": forwardedFor }, socket: { remoteAddress } };
  return message as unknown as IncomingMessage;
}
