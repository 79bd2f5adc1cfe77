import { getHeader, type Request } from "ringlet";

/** Whether the request comes from a browser. curl accepts anything, and gets text. */
export function wantsHtml(request: Pick<Request, "headers">): boolean {
  return String(getHeader(request, "accept")).includes("text/html");
}
