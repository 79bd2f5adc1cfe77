import type { Response } from "../types.ts";
import { isPlainObject, kindOf, show } from "../shared/values.ts";

/** What keeps a value from being a response map that can be sent, in words; undefined where nothing does. */
export function responseFault(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `a response must be an object such as { status: 200, body: "…" }, got ${kindOf(value)}`;
  }
  const { status, headers, body }: { status?: unknown; headers?: unknown; body?: unknown } = value;
  if (status !== undefined && !isStatus(status)) {
    return `response.status must be a whole number from 200 to 599, got ${show(status)}`;
  }
  if (headers !== undefined && !isPlainObject(headers)) {
    return `response.headers must be an object of names and values, got ${kindOf(headers)}`;
  }
  if (!isBody(body)) {
    return `response.body must be text, bytes, a stream or null, got ${kindOf(body)}; json(data) answers data`;
  }
  return undefined;
}

/** What a middleware takes off a response when it has acted on it. */
const ORDERS = [
  ["session", "wrapSession"],
  ["sessionRecreate", "wrapSession"],
  ["sessionCookieAttrs", "wrapSession"],
  ["flash", "wrapFlash, inside wrapSession,"],
  ["cookies", "wrapCookies or wrapSession"],
] as const;

/** @throws TypeError where the value is no response map, or asks for something that no middleware has done */
export function checkResponse(response: Response): void {
  const fault = responseFault(response) ?? orderFault(response);
  if (fault !== undefined) throw new TypeError(fault);
}

/** Sent as it is, such a response would lose a session or a log-out without a word. */
function orderFault(response: object): string | undefined {
  for (const [order, wrapper] of ORDERS) {
    if (!(order in response) || Reflect.get(response, order) === undefined) continue;
    return `nobody acted on response.${order}; put ${wrapper} round the handler`;
  }
  return undefined;
}

/** @throws TypeError where the value of a header is neither text nor a list */
export function checkField(name: string, value: unknown): void {
  if (typeof value === "string" || Array.isArray(value)) return;
  throw new TypeError(`response.headers[${show(name)}] must be text or a list of texts, got ${kindOf(value)}`);
}

/** Whether a response of this status may have content: 204, 205 and 304 may not (RFC 9110, sections 15.3 and 15.4). */
export function mayHaveContent(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

/** 1xx is no answer yet; the server sends those itself. */
function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}

function isBody(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body)) return true;
  return typeof body === "object" && ("getReader" in body || Symbol.asyncIterator in body);
}
