import { constants } from "node:http2";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { type BodySource, openBody, type StreamedBody } from "../../http/body.ts";
import type { NodeResponse } from "./messages.ts";

/**
 * Sends a body chunk by chunk, as fast as the client takes it, and ends the response.
 * A client that leaves ends the body.
 *
 * @throws what the body threw, after cutting the connection
 */
export async function sendStream(outgoing: NodeResponse, body: StreamedBody): Promise<void> {
  const source = openBody(body);
  const client = watchClient(outgoing, source.cancel);
  // A body that takes its time (events, for one) does not hold back the head.
  const headFirst = setImmediate(() => client.isGone() || flushHead(outgoing));
  try {
    await pump(source, outgoing, client);
  } catch (error) {
    if (client.isGone()) return;
    source.cancel();
    if (outgoing.headersSent) cutOff(outgoing);
    throw error;
  } finally {
    clearImmediate(headFirst);
    client.release();
  }
}

async function pump(source: BodySource, sink: Writable, client: Recipient): Promise<void> {
  for (;;) {
    const { done, value } = await source.next();
    if (client.isGone()) return;
    if (done) return void sink.end();
    if (!sink.write(value)) await client.isReady();
  }
}

/** Whoever is at the other end of a response. */
interface Recipient {
  readonly isGone: () => boolean;
  /** Waits until there is room for more, or nobody left to send it to. */
  readonly isReady: () => Promise<void>;
  readonly release: () => void;
}

function watchClient(outgoing: NodeResponse, onGone: () => void): Recipient {
  const sink: Writable = outgoing;
  const ends = [outgoing, ...connectionAhead(outgoing)];
  let gone = false;
  let goOn: () => void = () => undefined;
  const drained = (): void => goOn();
  const left = (): void => {
    gone = true;
    onGone();
    goOn();
  };
  sink.on("drain", drained);
  for (const end of ends) end.once("close", left);
  return {
    isGone: () => gone,
    isReady: async () => {
      if (!gone) await new Promise<void>((resolve) => (goOn = resolve));
    },
    release: () => {
      sink.off("drain", drained);
      for (const end of ends) end.off("close", left);
    },
  };
}

/** A response that waits behind another (HTTP pipelining) does not hear from Node that its connection has ended. */
function connectionAhead(outgoing: NodeResponse): readonly Socket[] {
  if ("stream" in outgoing || outgoing.socket !== null) return [];
  return [outgoing.req.socket.setMaxListeners(0)];
}

function flushHead(outgoing: NodeResponse): void {
  if (!outgoing.headersSent && "flushHeaders" in outgoing) outgoing.flushHeaders();
}

/** Cuts the connection, so that what was sent cannot be taken for the whole. */
function cutOff(outgoing: NodeResponse): void {
  // An HTTP/2 stream that is merely destroyed ends like a complete one.
  if ("stream" in outgoing) return outgoing.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  const isDelimited = outgoing.chunkedEncoding || outgoing.hasHeader("content-length");
  if (isDelimited || !isReset(outgoing.socket)) outgoing.destroy();
}

/** HTTP/1.0 takes an orderly end for the end of the body. TLS cannot reset, but its client misses the close_notify. */
function isReset(socket: Socket | null): boolean {
  try {
    return socket?.resetAndDestroy() !== undefined;
  } catch {
    return false;
  }
}
