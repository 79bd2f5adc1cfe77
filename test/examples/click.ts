import assert from "node:assert/strict";

import { cookieJar } from "../../src/testing/testing.ts";

/** The page of every example. */
interface Page {
  readonly user: string | null;
  readonly visits: number;
  readonly flash: string | null;
}

/** Clicks through an example as a visitor, and follows redirects. Rejects if the example differs from the others. */
export async function clickThrough(url: string): Promise<void> {
  const jar = cookieJar();
  const click = async (method: string, path: string, body?: object): Promise<Page> => {
    const cookie = jar.header();
    const response = await fetch(new URL(path, url), {
      method,
      redirect: "manual",
      headers: { ...(cookie !== undefined && { cookie }), ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    jar.take({ headers: { "set-cookie": response.headers.getSetCookie() } });
    if (response.status === 200) return (await response.json()) as Page;
    await response.body?.cancel();
    assert.equal(response.status, 303, `${method} ${path}`);
    return click("GET", response.headers.get("location") ?? "");
  };

  assert.deepEqual(await click("GET", "/"), { user: null, visits: 0, flash: null });
  assert.equal(jar.header(), undefined, "who only looks gets no cookie");

  assert.deepEqual(await click("POST", "/visit"), { user: null, visits: 1, flash: null });
  const stranger = jar.header();

  assert.deepEqual(await click("POST", "/login", { user: "Ada" }), { user: "Ada", visits: 1, flash: "Welcome, Ada" });
  assert.notEqual(jar.header(), stranger, "a log-in gives a new key");
  assert.deepEqual(await click("GET", "/"), { user: "Ada", visits: 1, flash: null }, "a flash is shown once");

  // These run at the same time, and change the session by a function, so none is lost.
  await Promise.all(Array.from({ length: 5 }, () => click("POST", "/visit")));
  assert.deepEqual(await click("GET", "/"), { user: "Ada", visits: 6, flash: null });

  assert.deepEqual(await click("POST", "/logout"), { user: null, visits: 0, flash: "Goodbye" });
  assert.deepEqual(await click("GET", "/"), { user: null, visits: 0, flash: null });
}
