import { discard, isStreamed } from "../../http/body.ts";
import { checkField, checkResponse, mayHaveContent } from "../../http/response-map.ts";
import type { Response, ResponseBody } from "../../types.ts";
import type { NodeResponse } from "./messages.ts";
import { sendStream } from "./stream.ts";

/**
 * Sends a response map. The promise resolves when the socket has all of it, or when the client has left.
 *
 * @throws TypeError if the map is invalid, before anything is sent; the error of a streamed body, after the connection
 *   is cut
 */
export async function sendResponse(outgoing: NodeResponse, response: Response, isHead: boolean): Promise<void> {
  // Something else has responded already, a time limit for one.
  if (outgoing.headersSent || isGone(outgoing)) return discard(response.body);
  try {
    checkResponse(response);
    setHead(outgoing, response, isHead);
  } catch (error) {
    discard(response.body);
    throw error;
  }
  const body = response.body ?? null;
  if (body === null || isHead || !mayHaveContent(outgoing.statusCode)) {
    discard(body);
    outgoing.end();
    return;
  }
  if (isStreamed(body)) return sendStream(outgoing, body);
  outgoing.end(body);
}

function isGone(outgoing: NodeResponse): boolean {
  return "stream" in outgoing ? outgoing.stream.destroyed : outgoing.destroyed;
}

function setHead(outgoing: NodeResponse, response: Response, isHead: boolean): void {
  const { status = 200, headers = {}, body = null } = response;
  outgoing.statusCode = status;
  for (const name of Object.keys(headers)) setField(outgoing, name, headers[name]);
  if (typeof body === "string" && body !== "" && !outgoing.hasHeader("content-type")) {
    outgoing.setHeader("content-type", "text/plain; charset=utf-8");
  }
  setContentLength(outgoing, body, isHead);
}

function setField(outgoing: NodeResponse, name: string, value: string | readonly string[] | undefined): void {
  // The server decides how a body is framed.
  if (value === undefined || name === "transfer-encoding") return;
  checkField(name, value);
  // In a framework others may have set cookies before us.
  if (name === "set-cookie" && outgoing.hasHeader(name)) outgoing.appendHeader(name, [value].flat());
  else outgoing.setHeader(name, value);
}

/** Sets the length if it is known, whatever the headers say. A HEAD or 304 without a body keeps that of its GET. */
function setContentLength(outgoing: NodeResponse, body: ResponseBody, isHead: boolean): void {
  const status = outgoing.statusCode;
  if (status === 204) return outgoing.removeHeader("content-length");
  if (status === 205) return void outgoing.setHeader("content-length", 0);
  if (body === null && (isHead || status === 304)) return;
  if (!isStreamed(body)) outgoing.setHeader("content-length", body === null ? 0 : Buffer.byteLength(body));
  // Node then throws if a stream is longer or shorter than announced.
  else if ("strictContentLength" in outgoing) outgoing.strictContentLength = outgoing.hasHeader("content-length");
}
