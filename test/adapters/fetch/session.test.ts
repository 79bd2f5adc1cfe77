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

/** Sessions, a browser, and what its requests do to the store. */
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
  test("adds to the response, and leaves it as it was", async () => {
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

  test("a response to which nothing is added is the same one", async () => {
    const { send } = application();
    const answer = new Response("hello");
    assert.equal(await send(() => answer), answer);
  });

  test("a redirect is immutable, and is added to", async () => {
    const { send, jar } = application();
    const answer = await send((request, draft) => {
      draft.session.user = "Ada";
      return Response.redirect(new URL("/next", request.url), 303);
    });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "http://localhost/next"]);
    assert.notEqual(jar.get("ring-session"), undefined);
  });

  test("a stream goes through", async () => {
    const { send } = application();
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return new Response(new Blob(["hel", "lo"]).stream());
    });
    assert.equal(await answer.text(), "hello");
  });

  test("a response of another class will do", async () => {
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

  test("a response that switches protocols is not copied", async () => {
    const { send } = application();
    const switching = { status: 101, statusText: "", headers: new Headers(), body: null } as Response;
    const answer = await send((_request, draft) => {
      draft.session.user = "Ada";
      return switching;
    });
    assert.equal(answer, switching);
    assert.equal(answer.headers.getSetCookie().length, 1);
  });

  test("takes an object that carries the request, and passes what comes after it", async () => {
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

  test("where the function throws, or answers 500, nothing is saved", async () => {
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

  test("what is no response, and what carries no request, is refused", async () => {
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

  test("where saving fails it rejects, and lets go of the body", async () => {
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

  test("the cookie is Secure where the URL is https", async () => {
    const { send } = application();
    assert.match((await send(login, "https://localhost/")).headers.getSetCookie()[0] ?? "", /; Secure/);
  });
});

describe("open", () => {
  test("save answers headers, and the cookies in them taken apart", async () => {
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

  test("a log-out is a cookie that is over", async () => {
    const { sessions, send, request } = application();
    await send(login);
    const opened = await sessions.open(request());
    opened.draft.session = null;
    const [cookie] = (await opened.save()).cookies;
    assert.deepEqual([cookie?.value, cookie?.attributes.maxAge], ["", 0]);
    assert.deepEqual(await sessions.read(request()), {});
  });

  test("nothing is added where nothing was changed, or saved before", async () => {
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

  test("a value is not encoded, for who encodes it", async () => {
    const store = { ...memoryStore(), writeSession: () => "a b+c" };
    const { sessions, request } = application({ store });
    const opened = await sessions.open(request());
    opened.draft.session.user = "Ada";
    const { headers, cookies } = await opened.save();
    assert.deepEqual([headers.getSetCookie()[0]?.split(";")[0], cookies[0]?.value], ["ring-session=a+b%2Bc", "a b+c"]);
  });

  test("opens by headers, and by the text of the Cookie header", async () => {
    const { sessions, send, request, jar } = application();
    await send(login);
    for (const source of [request(), request().headers, jar.header() ?? ""]) {
      assert.equal((await sessions.open(source)).draft.session.user, "Ada");
      assert.equal((await sessions.read(source)).user, "Ada");
    }
  });
});

describe("read", () => {
  test("is frozen, without the flash, which stays", async () => {
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

  test("without a cookie there is no call of the store", async () => {
    const { sessions, calls } = application();
    assert.deepEqual(await sessions.read(""), {});
    assert.deepEqual(await sessions.read(new Headers()), {});
    assert.deepEqual(calls(), []);
  });

  test("knows headers that have a property of that name, as Next's", async () => {
    const { sessions, calls } = application();
    const headers = Object.assign(new Headers({ cookie: "ring-session=abc" }), { headers: {} });
    assert.deepEqual(await sessions.read(headers), {});
    assert.deepEqual(calls(), ["read ?"]);
  });

  test("rejects where the store fails", async () => {
    const store = { ...memoryStore(), readSession: () => Promise.reject(new Error("no connection")) };
    const { sessions } = application({ store });
    await assert.rejects(sessions.read("ring-session=abc"), SessionStoreError);
  });
});

test("options are checked when it is built", () => {
  const options: object = { sotre: memoryStore() };
  assert.throws(() => session(options), /did you mean "store"/);
});

/** Checked by compiling it. */
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
  // @ts-expect-error a wrapped function answers a Response
  void sessions.wrap(() => "hello");
  void [GET, route];
}
