import { getHeader, type Request } from "ringlet";

/** Whether a browser asks. curl takes anything, and gets text. */
export function wantsHtml(request: Pick<Request, "headers">): boolean {
  return String(getHeader(request, "accept")).includes("text/html");
}
