import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request as Node hands it over: `node:http`, `node:https`, or `node:http2` through its compatibility layer. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The response that Node hands over with it, to be filled. */
export type NodeResponse = ServerResponse | Http2ServerResponse;
