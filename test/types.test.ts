/*
 * Checks the types by being compiled. An expectation that no longer holds fails the build, and so does a mistake that
 * the compiler no longer finds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  antiForgeryField,
  cookiesResponse,
  redirect,
  response,
  sessionRequest,
  sessionResponse,
  status,
  wrapAntiForgery,
  wrapCookies,
  wrapFlash,
  wrapSession,
  type AntiForgeryRequest,
  type CookiesRequest,
  type FlashRequest,
  type Handler,
  type Json,
  type Request,
  type SessionOptions,
  type SessionRequest,
  type StandardSchema,
} from "../src/index.ts";

import { wrapFormats, type FormatsRequest } from "../src/middleware/params/formats.ts";
import { wrapKeywordParams } from "../src/middleware/params/keyword-params.ts";
import {
  byteArrayStore,
  isUploadedFile,
  wrapMultipartParams,
  type MultipartParamsRequest,
  type UploadedBytes,
  type UploadedFile,
} from "../src/middleware/params/multipart-params.ts";
import { wrapNestedParams } from "../src/middleware/params/nested-params.ts";
import { wrapParams, type ParamsRequest } from "../src/middleware/params/params.ts";

interface App {
  readonly user?: string;
  readonly n?: number;
}

type IsAny<T> = 0 extends 1 & T ? true : false;
type Same<A, B> = IsAny<A> extends true ? false : [A, B] extends [B, A] ? true : false;

/** Makes `is(true satisfies Same<A, B>)` a statement, which compiles only if the two types are the same. */
function is(_true: true): void {}

function serve(_handler: Handler): void {}

declare const schema: StandardSchema<{ theme?: "dark" | "light" }>;

function compiledParams(): void {
  // The whole stack with a handler without annotations. Files can be told from other values.
  serve(
    wrapParams(
      wrapMultipartParams(
        wrapNestedParams(
          wrapKeywordParams((request) => {
            const { photo, name } = request.params;
            if (isUploadedFile(photo)) is(true satisfies Same<typeof photo, UploadedFile>);
            return response(typeof name === "string" ? name : "nobody");
          }),
        ),
      ),
    ),
  );

  // A handler may need everything that outer middleware adds, and its files have the type that the store makes.
  serve(
    wrapSession(
      wrapParams(
        wrapMultipartParams(
          (
            request: Request &
              SessionRequest<App> &
              ParamsRequest<UploadedBytes> &
              MultipartParamsRequest<UploadedBytes>,
          ) => {
            const { photo } = request.multipartParams;
            if (isUploadedFile(photo)) is(true satisfies Same<typeof photo, UploadedBytes>);
            return { body: String(request.formParams["name"]), session: { user: "ada" } };
          },
          { store: byteArrayStore() },
        ),
      ),
    ),
  );

  // Data in, data out; an interface is data too.
  serve(
    wrapFormats((request) => {
      is(true satisfies Same<typeof request.bodyParams, Json | undefined>);
      const app: App = { user: "ada" };
      return { body: app };
    }),
  );
  serve(wrapParams(wrapFormats((request: Request & ParamsRequest & FormatsRequest) => ({ body: request.params }))));

  const wantsForm = (request: Request & ParamsRequest & MultipartParamsRequest) => response(request.uri);
  serve(wrapParams(wrapMultipartParams(wantsForm)));
  // @ts-expect-error no outer middleware adds formParams
  serve(wrapMultipartParams(wantsForm));
  const wantsFile = (request: Request & MultipartParamsRequest) => response(request.uri);
  // @ts-expect-error the store makes other files than the handler wants
  serve(wrapMultipartParams(wantsFile, { store: byteArrayStore() }));
  // @ts-expect-error a parameter may be anything until it is checked
  serve(wrapParams(({ params }) => response(params["name"])));
}

function compiled(): void {
  // An annotated handler gives the type of the session.
  serve(
    wrapSession((request: Request & SessionRequest<App>) => {
      is(true satisfies Same<typeof request.session, Readonly<App>>);
      return { body: request.session.user ?? "nobody", session: { ...request.session, n: 1 } };
    }),
  );

  // Anti-forgery adds the token, leaves session and flash alone, and can be inside wrapFlash or without it.
  serve(
    wrapSession(
      wrapFlash(
        wrapAntiForgery((request: Request & SessionRequest<App> & FlashRequest<string> & AntiForgeryRequest) => {
          is(true satisfies Same<typeof request.antiForgeryToken, string>);
          is(true satisfies Same<typeof request.session, Readonly<App>>);
          return { ...redirect("/"), flash: request.flash ?? "hi", session: { user: request.antiForgeryToken } };
        }),
      ),
    ),
  );
  serve(
    wrapSession(
      wrapAntiForgery((request) => ({ body: antiForgeryField(request), session: { n: 1 } }), {
        errorHandler: ({ uri, antiForgeryToken }) => ({ status: 403, body: uri + antiForgeryToken }),
        readToken: async ({ headers }) => String(headers["x-token"]),
      }),
      { cookieName: "id" },
    ),
  );
  // @ts-expect-error a handler that needs a session fits no server
  serve(wrapAntiForgery((request: Request & SessionRequest<App>) => ({ body: request.session.user ?? "" })));
  const wrong = (request: Request & SessionRequest<App>) => ({ body: request.uri, session: { user: 1 } });
  // @ts-expect-error the session must be an App
  serve(wrapSession(wrapAntiForgery(wrong)));

  // A handler without annotations takes the session's type from the schema, from the options, or from the default.
  serve(wrapSession((request) => ({ session: { ...request.session, theme: "dark" as const } }), { schema }));
  serve(
    wrapSession(
      (request) => {
        is(true satisfies Same<typeof request.session.theme, "dark" | "light" | undefined>);
        return response(request.session.theme ?? "light");
      },
      { schema },
    ),
  );
  const options: SessionOptions<App> = { principal: (session) => session.user };
  serve(wrapSession((request) => response(`${request.session.n ?? 0}`), options));
  serve(wrapSession((request) => response(String(request.session["anything"]))));

  // The function form sees the newest session, typed.
  serve(wrapSession(() => ({ session: (current) => ({ ...current, n: (current.n ?? 0) + 1 }) }), options));
  serve(wrapSession(() => ({ session: (current) => (current.user ? current : null) }), options));
  serve(wrapSession(() => ({ session: null }), options));
  serve(
    wrapSession(() => ({ session: undefined, sessionRecreate: true, sessionCookieAttrs: { maxAge: 60 } }), options),
  );
  serve(wrapSession(() => undefined, options));
  serve(wrapSession(async () => redirect("/"), options));

  // Middleware can be nested, and inner middleware may need what outer middleware adds.
  serve(
    wrapCookies(
      wrapSession(
        wrapFlash((request: Request & SessionRequest<App> & FlashRequest<string> & CookiesRequest) => {
          is(true satisfies Same<typeof request.flash, string | undefined>);
          is(true satisfies Same<typeof request.session, Readonly<App>>);
          return { body: request.cookies["a"]?.value ?? "", session: { ...request.session, n: 1 }, flash: "saved" };
        }),
        options,
      ),
    ),
  );
  serve(
    wrapSession(
      wrapCookies((request: Request & SessionRequest<App> & CookiesRequest) => ({
        session: { user: request.cookies["user"]?.value ?? "" },
        cookies: { seen: { value: "yes", sameSite: "lax", maxAge: 60 } },
      })),
      options,
    ),
  );
  serve(wrapSession(wrapFlash((request) => ({ body: JSON.stringify(request.flash), flash: { saved: true } }))));

  serve(
    wrapSession(
      wrapFlash((request) => ({ body: String(request.flash) })),
      options,
    ),
  );
  serve(
    wrapSession(
      wrapFlash(() => ({ body: "x" })),
      { schema },
    ),
  );
  serve(
    wrapSession(
      wrapFlash((request) => ({ body: String(request.session["x"]), session: (current) => ({ ...current, n: 1 }) })),
    ),
  );
  serve(
    wrapSession(
      wrapFlash((request: Request & SessionRequest<App> & FlashRequest) => ({
        body: request.session.user ?? "",
        session: (current) => ({ ...current, n: (current.n ?? 0) + 1 }),
      })),
      options,
    ),
  );

  // Response helpers keep the other properties of the map.
  serve(wrapSession(() => status({ ...redirect("/"), session: { user: "Ada" } }, 303), options));

  const handler = (request: Request & SessionRequest<App>) => response(request.session.user ?? "");
  // @ts-expect-error: no middleware provides the session
  serve(handler);
  // @ts-expect-error: wrapCookies does not provide it either
  serve(wrapCookies(handler));
  // @ts-expect-error: wrapFlash needs wrapSession outside
  serve(wrapFlash((request: Request & SessionRequest & FlashRequest) => response(String(request.flash))));
  // @ts-expect-error: a session is not changed in place
  serve(wrapSession((request) => ((request.session.user = "Ada"), response("")), options));
  // @ts-expect-error: no such key in App
  serve(wrapSession((request) => response(request.session.usr), options));
  // @ts-expect-error: the wrong type in the session of a response
  serve(wrapSession(() => ({ session: { user: 7 } }), options));
  // @ts-expect-error: false is not a session
  serve(wrapSession(() => ({ session: false }), options));
  // @ts-expect-error: a promise is not a session either
  serve(wrapSession(() => ({ session: async () => ({}) }), options));
  // @ts-expect-error: an unknown option
  serve(wrapSession(handler, { sotre: undefined }));
  // @ts-expect-error: an unknown attribute
  serve(wrapSession(handler, { cookieAttrs: { samesite: "lax" } }));
  const other = (request: Request & SessionRequest<{ user: number }>) => response(`${request.session.user}`);
  // @ts-expect-error: the options are for another type of session
  serve(wrapSession(other, options));
  const flashing = (request: Request & SessionRequest<{ user?: number }> & FlashRequest) =>
    response(String(request.flash));
  // @ts-expect-error: also through wrapFlash
  serve(wrapSession(wrapFlash(flashing), options));
}

async function halves(request: Request): Promise<void> {
  const options: SessionOptions<App> = {};
  const withSession = await sessionRequest(request, options);
  is(true satisfies Same<typeof withSession.session, Readonly<App>>);
  const answer = await sessionResponse({ body: "x", session: { user: "Ada" } }, withSession, options);
  is(true satisfies Same<typeof answer.status, number | undefined>);
  // @ts-expect-error: wrapSession has removed the session from the response
  serve(() => response(String(answer.session)));
  const cookies = cookiesResponse({ cookies: { a: { value: "b", sameSite: "lax" } } });
  is(true satisfies Same<typeof cookies.status, number | undefined>);
  const nothing = await sessionResponse(null, withSession, options);
  is(true satisfies Same<typeof nothing, null>);
}

test("the types are right, because this file was compiled", () => {
  assert.deepEqual([typeof compiled, typeof compiledParams], ["function", "function"]);
  assert.equal(typeof halves, "function");
});
