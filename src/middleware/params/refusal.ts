import type { Awaitable, Response } from "../../types.ts";
import { isPromise } from "../../shared/awaitable.ts";
import { failureResponse, isRequestError } from "../../http/failure.ts";

/** Hands what was read of a request to a handler; what is wrong with the request is answered without it. */
export function readThen<Req, Res>(
  read: () => Awaitable<Req>,
  handler: (request: Req) => Awaitable<Res>,
): Awaitable<Res | Response> {
  let request: Awaitable<Req>;
  try {
    request = read();
  } catch (error) {
    return refusal(error);
  }
  return isPromise(request) ? request.then(handler, refusal) : handler(request);
}

function refusal(error: unknown): Response {
  if (!isRequestError(error)) throw error;
  return failureResponse(error);
}
