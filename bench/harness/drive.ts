/** Calls an application without a network: with Node's own request and response, on a socket that leads nowhere. */
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

import type { Application, FetchHandler, Listener } from "../subjects/subject.ts";

/** The parts of a response that the bench looks at. */
export interface Answer {
  readonly body: string;
  /** `name=value` of each cookie that the response sets. */
  readonly cookies: readonly string[];
}

/** Sends requests to an application. */
export interface Driver {
  /** Waits until the response is complete, and does as little work as possible. */
  readonly fire: (kind: string, cookie: string) => unknown;
  readonly ask: (kind: string, cookie: string) => Promise<Answer>;
}

export function driverOf(application: Application): Driver {
  if ("maps" in application) return driveMaps(application.maps);
  return "fetch" in application ? driveFetch(application.fetch) : driveListener(application.node);
}

function driveMaps(handler: Extract<Application, { maps: unknown }>["maps"]): Driver {
  const fire: Driver["fire"] = (kind, cookie) => handler({ method: "GET", uri: `/${kind}`, headers: { cookie } });
  return {
    fire,
    async ask(kind, cookie) {
      const response = await handler({ method: "GET", uri: `/${kind}`, headers: { cookie } });
      return { body: response?.body as string, cookies: cookiesOf(response?.headers?.["set-cookie"]) };
    },
  };
}

function driveFetch(handler: FetchHandler): Driver {
  const fire = (kind: string, cookie: string): Response | Promise<Response> =>
    handler(new Request(`http://localhost/${kind}`, { headers: { cookie } }));
  return {
    fire,
    async ask(kind, cookie) {
      const response = await fire(kind, cookie);
      return { body: await response.text(), cookies: cookiesOf(response.headers.getSetCookie()) };
    },
  };
}

function driveListener(listener: Listener): Driver {
  const nowhere = new Socket();
  const send = (kind: string, cookie: string, prepare?: (response: ServerResponse) => void): Promise<ServerResponse> =>
    new Promise((resolve) => {
      const request = new IncomingMessage(nowhere);
      request.method = "GET";
      request.url = `/${kind}`;
      request.headers = { host: "localhost", cookie };
      const response = new ServerResponse(request);
      prepare?.(response);
      response.end = endWith(response, resolve);
      listener(request, response);
    });
  return {
    fire: (kind, cookie) => send(kind, cookie),
    async ask(kind, cookie) {
      const chunks: unknown[] = [];
      const response = await send(kind, cookie, (each) => keepBody(each, chunks));
      return { body: chunks.join(""), cookies: cookiesOf(setCookies(response)) };
    },
  };
}

/** `end`, followed by the event that a socket would have caused. */
function endWith(response: ServerResponse, resolve: (response: ServerResponse) => void): ServerResponse["end"] {
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  return (...args: unknown[]) => {
    end(...args);
    response.emit("finish");
    resolve(response);
    return response;
  };
}

/** Keeps the chunks of the body. Some libraries write first and end after that. */
function keepBody(response: ServerResponse, chunks: unknown[]): void {
  for (const name of ["write", "end"] as const) {
    const original = response[name].bind(response) as (...args: unknown[]) => never;
    response[name] = (...args: unknown[]) => {
      if (typeof args[0] === "string" || Buffer.isBuffer(args[0])) chunks.push(args[0]);
      return original(...args);
    };
  }
}

/** The Set-Cookie headers, read from the head as it would be sent: not every library sets headers one by one. */
function setCookies(response: ServerResponse): string[] {
  const head = String(Reflect.get(response, "_header")).split("\r\n");
  return head.filter((line) => line.toLowerCase().startsWith("set-cookie:")).map((line) => line.slice(11).trim());
}

function cookiesOf(lines: string | readonly string[] = []): string[] {
  return [lines].flat().map((line) => line.split(";", 1)[0] ?? "");
}
