import type { Response } from "../types.ts";
import { isPlainObject, kindOf, show } from "../shared/values.ts";

/** Returns the reason why a value is no response map that can be sent, or undefined if it is one. */
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

/** Properties of a response that a middleware acts on and removes, with the name of that middleware. */
const ORDERS = [
  ["session", "wrapSession"],
  ["sessionRecreate", "wrapSession"],
  ["sessionCookieAttrs", "wrapSession"],
  ["flash", "wrapFlash, inside wrapSession,"],
  ["cookies", "wrapCookies or wrapSession"],
] as const;

/**
 * Throws if a response cannot be sent.
 *
 * @throws TypeError if it is no response map, or has a property that no middleware has acted on
 */
export function checkResponse(response: Response): void {
  const fault = responseFault(response) ?? orderFault(response);
  if (fault !== undefined) throw new TypeError(fault);
}

/**
 * Returns a message if a property was not acted on. Sending the response would silently lose a session or a log-out.
 */
function orderFault(response: object): string | undefined {
  for (const [order, wrapper] of ORDERS) {
    if (!(order in response) || Reflect.get(response, order) === undefined) continue;
    return `nobody acted on response.${order}; put ${wrapper} round the handler`;
  }
  return undefined;
}

/**
 * Throws if the value of a header cannot be sent.
 *
 * @throws TypeError if it is neither text nor a list
 */
export function checkField(name: string, value: unknown): void {
  if (typeof value === "string" || Array.isArray(value)) return;
  throw new TypeError(`response.headers[${show(name)}] must be text or a list of texts, got ${kindOf(value)}`);
}

/** Whether a response of this status may have content. 204, 205 and 304 may not (RFC 9110, sections 15.3 and 15.4). */
export function mayHaveContent(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

/** Whether a status is one of a final response. The server itself sends those of 1xx. */
function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}

function isBody(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string" || ArrayBuffer.isView(body)) return true;
  return typeof body === "object" && ("getReader" in body || Symbol.asyncIterator in body);
}
