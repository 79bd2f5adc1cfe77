import type { Request } from "../../types.ts";

/**
 * Makes a request map as a server would: `mockRequest("GET", "/cart?full=1", { scheme: "https" })`. The properties of
 * `more` replace others. After ring-mock's `request`.
 */
export function mockRequest(method: string, target: string, more: MockParts = {}): Request {
  const { body, ...rest } = more;
  const [uri = "", ...query] = target.split("?");
  return {
    method: method.toUpperCase(),
    uri: uri === "" ? "/" : uri,
    ...(query.length > 0 ? { queryString: query.join("?") } : {}),
    headers: { host: "localhost" },
    scheme: "http",
    serverName: "localhost",
    serverPort: more.scheme === "https" ? 443 : 80,
    remoteAddr: "127.0.0.1",
    protocol: "HTTP/1.1",
    ...rest,
    ...(body === undefined ? {} : { body: typeof body === "string" ? new Blob([body]).stream() : body }),
  };
}

/** Properties of a mock request. The body may be text. */
export type MockParts = Partial<Omit<Request, "body">> & { readonly body?: Request["body"] | string };
