import type { RequestError } from "../errors.ts";
import type { Response } from "../types.ts";

/** Response of a server if the handler returns none. */
export const notFoundResponse: Response = plainText(404, "Not Found");

const unavailable: Response = plainText(503, "Service Unavailable");
const internalError: Response = plainText(500, "Internal Server Error");

/**
 * Returns the response to a visitor when a handler fails. A RequestError gives its own status and message, a failed
 * session store 503, and every other error 500. The last two show no detail.
 */
export function failureResponse(error: unknown): Response {
  if (isRequestError(error)) return plainText(error.status, error.message);
  return hasCode(error, "ERR_SESSION_STORE") ? unavailable : internalError;
}

/** Whether an error is a RequestError: the request is wrong, and not the application. */
export function isRequestError(error: unknown): error is RequestError {
  return hasCode(error, "ERR_REQUEST");
}

/** Returns the status of the response to an error: 503 if a session store failed, otherwise 500. */
export function statusOf(error: unknown): number {
  return failureResponse(error).status ?? 500;
}

/**
 * Returns an error for a framework's own error handling. If a session store failed, the error gets the status 503,
 * under both names that frameworks read. `expose: false` tells http-errors that the message is not for visitors.
 */
export function withStatus<E>(error: E): E {
  const status = statusOf(error);
  if (status === 503) Object.assign(error as object, { status, statusCode: status, expose: false });
  return error;
}

/** Whether an error has a code. The class is not compared, because two copies of this package may be installed. */
function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}

function plainText(status: number, body: string): Response {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
