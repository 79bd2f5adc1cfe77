import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { antiForgery, type FetchSessions, type OpenSession, session } from "../../../src/adapters/fetch/fetch.ts";
import { SessionStoreError } from "../../../src/errors.ts";
import { memoryStore } from "../../../src/stores/memory/memory.ts";
import { adapterLaws, cookieJar } from "../../../src/testing/testing.ts";
import type { SessionOptions } from "../../../src/types.ts";
import { traced } from "../../support/traced.ts";
import { serveFetch } from "../fetch-law-server.ts";

interface App {
  user?: string;
  visits?: number;
}

describe("laws", () => {
  for (const { name, check } of adapterLaws) {
    test(name, async (t) => {
      if ((await check(serveFetch, memoryStore)) === "does not apply") t.skip("does not apply");
    });
  }
});

type Handle = (request: Request, draft: OpenSession<App, string>["draft"]) => Response | Promise<Response>;

/** Makes sessions, a browser for them, and a log of the store's calls. */
function application(options: SessionOptions<App> = {}) {
  const { store, calls } = traced(options.store ?? memoryStore());
  const sessions: FetchSessions<App, string> = session<App, string>({ ...options, store });
  const jar = cookieJar();
  const request = (url = "http://localhost/"): Request => {
    const cookie = jar.header();
    return new Request(url, { headers: cookie === undefined ? {} : { cookie } });
  };
  const take = (headers: Headers) => jar.take({ headers: { "set-cookie": headers.getSetCookie() } });
  const send = async (handle: Handle, url?: string): Promise<Response> => {
    const response = await sessions.wrap(handle)(request(url));
    take(response.headers);
    return response;
  };
  return { sessions, send, request, take, calls, jar };
}

const login: Handle = (_request, draft) => {
  draft.session.user = "Ada";
  return new Response("hello");
};

describe("wrap", () => {
  test("adds headers to a copy, and leaves the response unchanged", async () => {
    const { send, jar } = application();
    const kept = new Response(null, {
      status: 204,
      statusText: "Nothing",
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["vary", "Accept"],
      ],
    });
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return kept;
    });
    assert.deepEqual(
      [answer.status, answer.statusText, answer.headers.get("vary")],
      [204, "Nothing", "Accept, Cookie"],
    );
    assert.equal(answer.headers.getSetCookie().length, 3);
    assert.notEqual(jar.get("ring-session"), undefined);
    assert.deepEqual([kept.headers.getSetCookie(), kept.headers.get("vary")], [["a=1", "b=2"], "Accept"]);
  });

  test("returns the same response if nothing is added", async () => {
    const { send } = application();
    const answer = new Response("hello");
    assert.equal(await send(() => answer), answer);
  });

  test("adds headers to a redirect, which is immutable", async () => {
    const { send, jar } = application();
    const answer = await send((request, draft) => {
      draft.session.user = "Ada";
      return Response.redirect(new URL("/next", request.url), 303);
    });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "http://localhost/next"]);
    assert.notEqual(jar.get("ring-session"), undefined);
  });

  test("passes a stream on", async () => {
    const { send } = application();
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return new Response(new Blob(["hel", "lo"]).stream());
    });
    assert.equal(await answer.text(), "hello");
  });

  test("accepts a response of another class", async () => {
    const { send } = application();
    const headers = new Headers({ "x-own": "1" });
    const other: Pick<Response, "status" | "statusText" | "headers" | "body"> = {
      status: 201,
      statusText: "",
      headers,
      body: new Blob(["hello"]).stream(),
    };
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return other as Response;
    });
    assert.deepEqual([answer.status, answer.headers.get("x-own"), await answer.text()], [201, "1", "hello"]);
  });

  test("does not copy a response that switches protocols", async () => {
    const { send } = application();
    const switching = { status: 101, statusText: "", headers: new Headers(), body: null } as Response;
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return switching;
    });
    assert.equal(answer, switching);
    assert.equal(answer.headers.getSetCookie().length, 1);
  });

  test("takes an object with a property request, and passes further arguments on", async () => {
    const { sessions, request } = application();
    const action = sessions.wrap(
      async ({ params }: { request: Request; params: { id: string } }, draft, next: () => Promise<Response>) => {
        draft.session.user = params.id;
        return next();
      },
    );
    const answer = await action({ request: request(), params: { id: "7" } }, async () => new Response("next"));
    assert.equal(await answer.text(), "next");
    assert.equal(answer.headers.getSetCookie().length, 1);
  });

  test("saves nothing if the function throws, or returns status 500", async () => {
    const { send, calls } = application();
    const failure = new Error("no");
    await assert.rejects(
      send((_request, draft) => {
        draft.session.user = "Ada";
        throw failure;
      }),
      failure,
    );
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return new Response("sorry", { status: 500 });
    });
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.deepEqual(calls(), []);
  });

  test("refuses a result that is no response, and an argument without a request", async () => {
    const { sessions, send, calls } = application();
    const wrong: unknown = undefined;
    await assert.rejects(
      send((_request, draft) => {
        draft.session.user = "Ada";
        return wrong as Response;
      }),
      /must answer a Response, got undefined/,
    );
    await assert.rejects(sessions.wrap(login)({} as Request), /must be called with a Request/);
    assert.deepEqual(calls(), []);
  });

  test("rejects if saving fails, and cancels the body", async () => {
    const store = { ...memoryStore(), writeSession: () => Promise.reject(new Error("no connection")) };
    const { send } = application({ store });
    let cancelled = false;
    await assert.rejects(
      send((_request, draft) => {
        draft.session.user = "Ada";
        return new Response(new ReadableStream({ cancel: () => void (cancelled = true) }));
      }),
      SessionStoreError,
    );
    assert.equal(cancelled, true);
  });

  test("makes the cookie Secure if the URL is https", async () => {
    const { send } = application();
    assert.match((await send(login, "https://localhost/")).headers.getSetCookie()[0] ?? "", /; Secure/);
  });
});

describe("open", () => {
  test("save returns headers, and their cookies as data", async () => {
    const { sessions, request } = application({ cookieAttrs: { maxAge: 60, secure: true } });
    const opened = await sessions.open(request());
    opened.draft.session.user = "Ada";
    const { headers, cookies } = await opened.save();
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("vary"), "Cookie");
    const [cookie] = cookies;
    assert.equal(cookie?.name, "ring-session");
    assert.equal(headers.getSetCookie()[0]?.startsWith(`ring-session=${cookie?.value};`), true);
    assert.deepEqual(cookie?.attributes, { path: "/", httpOnly: true, sameSite: "lax", maxAge: 60, secure: true });
  });

  test("a log-out returns an expired cookie", async () => {
    const { sessions, send, request } = application();
    await send(login);
    const opened = await sessions.open(request());
    opened.draft.session = null;
    const [cookie] = (await opened.save()).cookies;
    assert.deepEqual([cookie?.value, cookie?.attributes.maxAge], ["", 0]);
    assert.deepEqual(await sessions.read(request()), {});
  });

  test("nothing is added without a change, nor by a second save", async () => {
    const { sessions, request } = application();
    const opened = await sessions.open(request());
    assert.deepEqual([[...(await opened.save()).headers], (await opened.save()).cookies], [[], []]);
    const twice = await sessions.open(request());
    twice.draft.session.user = "Ada";
    await twice.save();
    const answer = new Response("hello");
    assert.equal(await twice.saveInto(answer), answer);
  });

  test("nothing is saved without save", async () => {
    const { sessions, request, calls } = application();
    (await sessions.open(request())).draft.session.user = "Ada";
    assert.deepEqual(calls(), []);
  });

  test("the value in cookies is not encoded, for frameworks that encode it", async () => {
    const store = { ...memoryStore(), writeSession: () => "a b+c" };
    const { sessions, request } = application({ store });
    const opened = await sessions.open(request());
    opened.draft.session.user = "Ada";
    const { headers, cookies } = await opened.save();
    assert.deepEqual([headers.getSetCookie()[0]?.split(";")[0], cookies[0]?.value], ["ring-session=a+b%2Bc", "a b+c"]);
  });

  test("takes a request, its headers, or the text of the Cookie header", async () => {
    const { sessions, send, request, jar } = application();
    await send(login);
    for (const source of [request(), request().headers, jar.header() ?? ""]) {
      assert.equal((await sessions.open(source)).draft.session.user, "Ada");
      assert.equal((await sessions.read(source)).user, "Ada");
    }
  });
});

describe("read", () => {
  test("returns a frozen session without the flash, which is not used up", async () => {
    const { sessions, send, request } = application();
    await send((_request, draft) => {
      draft.session.user = "Ada";
      draft.flash = "hello";
      return new Response();
    });
    const read = await sessions.read(request());
    assert.deepEqual(read, { user: "Ada" });
    assert.ok(Object.isFrozen(read));
    let flash: string | undefined;
    await send((_request, draft) => {
      flash = draft.flash;
      return new Response();
    });
    assert.equal(flash, "hello");
  });

  test("does not show the secret of the visitor's tokens", async () => {
    const { sessions, send, request } = application();
    const page = antiForgery().wrap<App, string>((_request, draft) => {
      draft.session.user = "Ada";
      return new Response(draft.antiForgeryToken);
    });
    await send(page);
    const read = await sessions.read(request());
    assert.deepEqual(read, { user: "Ada" });
    assert.ok(Object.isFrozen(read));
  });

  test("does not call the store without a cookie", async () => {
    const { sessions, calls } = application();
    assert.deepEqual(await sessions.read(""), {});
    assert.deepEqual(await sessions.read(new Headers()), {});
    assert.deepEqual(calls(), []);
  });

  test("accepts headers with a property `headers`, such as Next's", async () => {
    const { sessions, calls } = application();
    const headers = Object.assign(new Headers({ cookie: "ring-session=abc" }), { headers: {} });
    assert.deepEqual(await sessions.read(headers), {});
    assert.deepEqual(calls(), ["read ?"]);
  });

  test("rejects if the store fails", async () => {
    const store = { ...memoryStore(), readSession: () => Promise.reject(new Error("no connection")) };
    const { sessions } = application({ store });
    await assert.rejects(sessions.read("ring-session=abc"), SessionStoreError);
  });
});

test("options are checked when session() is called", () => {
  const options: object = { sotre: memoryStore() };
  assert.throws(() => session(options), /did you mean "store"/);
});

/** Checks types by being compiled. */
export function types(): void {
  const sessions = session<App>();
  const GET: (request: Request) => Promise<Response> = sessions.wrap(async (request, draft) => {
    draft.session = null;
    draft.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    // @ts-expect-error there is no such key
    draft.session = { usr: "Ada" };
    return new Response(await request.text());
  });
  const POST = sessions.wrap(async (request, draft, context: { params: Promise<{ id: string }> }) => {
    draft.session.user = (await context.params).id;
    return new Response(await request.text());
  });
  const route: (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response> = POST;
  // @ts-expect-error the second argument is missing
  void (() => POST(new Request("http://localhost/")));
  // @ts-expect-error a wrapped function must return a Response
  void sessions.wrap(() => "hello");
  void [GET, route];
}
