import { failureResponse, notFoundResponse } from "../../http/failure.ts";
import { checkFunction, checkHandler } from "../../shared/options.ts";
import { type ErrorListener, reportError } from "../../http/report.ts";
import type { Handler, Request } from "../../types.ts";
import type { NodeRequest, NodeResponse } from "./messages.ts";
import { proxyTrust, type ProxyTrust, type TrustProxy } from "./proxy.ts";
import { nodeRequest } from "./request.ts";
import { sendResponse } from "./response.ts";

/** Options of `toNodeListener`. */
export interface NodeListenerOptions {
  /** The proxies whose `X-Forwarded-*` headers are trusted. Default `false`: none. */
  readonly trustProxy?: TrustProxy | undefined;
  /**
   * Listener of errors of the handler and of streamed bodies. Default: method, path and stack go to stderr.
   * The visitor gets 503 for a session store, otherwise 500, and never a detail.
   * An upload that the client breaks off is not reported.
   */
  readonly onError?: ErrorListener | undefined;
}

/** Function that Node calls with a request and its response. */
export type NodeListener = (incoming: NodeRequest, outgoing: NodeResponse) => void;

interface Settings {
  readonly handler: Handler;
  readonly trusts: ProxyTrust | undefined;
  readonly onError: ErrorListener | undefined;
  readonly isClosing: () => boolean;
}

/** Makes the listener of `toNodeListener` and of `serve`. Messages name the one that `where` says. */
export function nodeListener(
  where: string,
  handler: Handler,
  { trustProxy, onError }: NodeListenerOptions,
  isClosing: () => boolean,
): NodeListener {
  checkHandler(where, handler);
  checkFunction(where, "onError", onError);
  const settings: Settings = { handler, trusts: proxyTrust(where, trustProxy), onError, isClosing };
  return (incoming, outgoing) => void handleRequest(settings, incoming, outgoing);
}

async function handleRequest(settings: Settings, incoming: NodeRequest, outgoing: NodeResponse): Promise<void> {
  const isHead = incoming.method === "HEAD";
  let request: Request | undefined;
  try {
    request = nodeRequest(incoming, settings.trusts);
    const response = (await settings.handler(request)) ?? notFoundResponse;
    if (settings.isClosing()) outgoing.setHeader("connection", "close");
    await sendResponse(outgoing, response, isHead);
  } catch (error) {
    // A client that broke off its upload is no fault of the handler that was reading it.
    if (error !== incoming.errored) reportError(error, request ?? nodeRequest(incoming), settings.onError);
    await answerFailure(error, outgoing, isHead);
  }
  // Node skips a body that nobody touched. One that was read half way would block the next request.
  if (incoming.readableDidRead && !incoming.readableEnded) incoming.resume();
}

async function answerFailure(error: unknown, outgoing: NodeResponse, isHead: boolean): Promise<void> {
  if (outgoing.headersSent) return;
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  await sendResponse(outgoing, failureResponse(error), isHead);
}
