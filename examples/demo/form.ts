import { getHeader, type Handler, type Request, type Response } from "ringlet";

/** The part of a request that `wrapForm` adds. */
export interface FormRequest {
  /** The fields of the posted form. Empty if no form was posted. */
  readonly form: URLSearchParams;
}

/** The largest form, in bytes: far more than any form here needs. */
const mostBytes = 16_384;

/** Middleware that reads the form of a POST. A form over 16 KiB gets a 413, a body of another type a 415. */
export function wrapForm<Req extends Request, Res extends Response>(
  handler: Handler<Req & FormRequest, Res>,
): Handler<Req, Res | Response> {
  return async (request) => {
    if (request.method !== "POST") return handler({ ...request, form: new URLSearchParams() });
    if (!isForm(request)) return { status: 415, body: "Only forms are taken: application/x-www-form-urlencoded\n" };
    const text = await readText(request.body ?? []);
    if (text === undefined) return { status: 413, body: `A form has at most ${mostBytes} bytes here.\n` };
    return handler({ ...request, form: new URLSearchParams(text) });
  };
}

/** Whether the body is a form. A POST without a body needs no type. */
function isForm(request: Request): boolean {
  const [type = ""] = String(getHeader(request, "content-type") ?? "").split(";");
  return ["", "application/x-www-form-urlencoded"].includes(type.trim().toLowerCase());
}

/** Returns the whole body, or undefined if it is too long. */
async function readText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
