import type { Response } from "../types.ts";

/** The answer where no handler has one. */
export const notFoundResponse: Response = plainText(404, "Not Found");

const unavailable: Response = plainText(503, "Service Unavailable");
const internalError: Response = plainText(500, "Internal Server Error");

/** The answer to a visitor when a handler fails: 503 for a session store, 500 for all else, and never a detail. */
export function failureResponse(error: unknown): Response {
  return isStoreError(error) ? unavailable : internalError;
}

/** By its code, not its class: two copies of this package may be installed. */
function isStoreError(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SESSION_STORE";
}

function plainText(status: number, body: string): Response {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
