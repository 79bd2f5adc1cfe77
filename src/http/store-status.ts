import { failureResponse } from "./failure.ts";

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
