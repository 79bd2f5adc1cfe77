import type { RequestError } from "../errors.ts";
import type { Response } from "../types.ts";

/** The answer where no handler has one. */
export const notFoundResponse: Response = plainText(404, "Not Found");

const unavailable: Response = plainText(503, "Service Unavailable");
const internalError: Response = plainText(500, "Internal Server Error");

/**
 * The answer to a visitor when a handler fails: what is wrong with the request, 503 for a session store, 500 for all
 * else, and never a detail.
 */
export function failureResponse(error: unknown): Response {
  if (isRequestError(error)) return plainText(error.status, error.message);
  return hasCode(error, "ERR_SESSION_STORE") ? unavailable : internalError;
}

/** Whether a request, and not the application, is at fault. */
export function isRequestError(error: unknown): error is RequestError {
  return hasCode(error, "ERR_REQUEST");
}

/** The status of the answer that tells of an error: 503 where a session store failed, otherwise 500. */
export function statusOf(error: unknown): number {
  return failureResponse(error).status ?? 500;
}

/**
 * An error on its way to a framework's own handling, which reads the status off it under one name or the other: 503
 * where a session store failed. `expose` is what http-errors says of a message that is not for visitors.
 */
export function withStatus<E>(error: E): E {
  const status = statusOf(error);
  if (status === 503) Object.assign(error as object, { status, statusCode: status, expose: false });
  return error;
}

/** By its code, not its class: two copies of this package may be installed. */
function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}

function plainText(status: number, body: string): Response {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
