import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** Request of Node: of `node:http`, `node:https`, or `node:http2` through its compatibility layer. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** Response of Node, which belongs to such a request. */
export type NodeResponse = ServerResponse | Http2ServerResponse;
