import assert from "node:assert/strict";
import { test } from "node:test";
import { client, demo } from "./live.ts";

const everything = {
  name: "theme",
  value: "dark; mode",
  path: "/cookies",
  domain: "127.0.0.1",
  maxAge: "3600",
  expires: "2030-01-31T12:00",
  sameSite: "none",
  priority: "high",
  secure: "true",
  httpOnly: "true",
  partitioned: "true",
};

test("the form sets a cookie with every attribute", async (t) => {
  const browser = client(await demo(t));
  const { status, headers, setCookies } = await browser.post("/cookies", everything);
  assert.equal(status, 303);
  const [cookie = "", ...attributes] = setCookies[0]?.split("; ") ?? [];
  assert.equal(cookie, "theme=dark%3B+mode");
  assert.deepEqual(attributes.toSorted(), [
    "Domain=127.0.0.1",
    "Expires=Thu, 31 Jan 2030 12:00:00 GMT",
    "HttpOnly",
    "Max-Age=3600",
    "Partitioned",
    "Path=/cookies",
    "Priority=High",
    "SameSite=None",
    "Secure",
  ]);
  const { body } = await browser.get(headers.get("location") ?? "");
  assert.match(body, /role="status">Cookie set\.</);
  assert.match(body, /name="domain"\s+value="127\.0\.0\.1"/);
  assert.match(body, /<option selected>none<[^]*<option selected>high</);
  assert.match(body, /name="partitioned" value="true" checked/);
});

test("the form deletes a cookie at the path where it was set", async (t) => {
  const browser = client(await demo(t));
  await browser.post("/cookies", { name: "theme", value: "dark", path: "/cookies" });
  assert.match((await browser.get("/cookies")).body, /<li><code>theme=dark<\/code>/);
  const { setCookies } = await browser.post("/cookies/delete", { name: "theme", value: "dark", path: "/cookies" });
  assert.match(setCookies[0] ?? "", /^theme=; (?=.*Path=\/cookies)(?=.*Max-Age=0)/);
  assert.doesNotMatch((await browser.get("/cookies")).body, /theme=dark/);
});

const mistakes: readonly (readonly [object, RegExp])[] = [
  [{ name: "" }, /the name must be/],
  [{ name: "a b" }, /the name must be/],
  [{ domain: "no host" }, /domain must be a host name/],
  [{ path: "nowhere" }, /path must be a path/],
  [{ maxAge: "soon" }, /maxAge must be a whole number of seconds/],
  [{ maxAge: "99999999" }, /400 days/],
  [{ expires: "tomorrow" }, /expires must be a Date/],
  [{ sameSite: "none" }, /sameSite &quot;none&quot; needs secure: true/],
  [{ partitioned: "true" }, /partitioned needs secure: true/],
  [{ name: "__Host-theme", path: "/x" }, /path must be \/ for/],
  [{ value: "x".repeat(4096) }, /4096/],
];

for (const [mistake, message] of mistakes) {
  test(`the page shows the mistake in ${JSON.stringify(mistake).slice(0, 40)}`, async (t) => {
    const { status, body, setCookies } = await client(await demo(t)).post("/cookies", {
      name: "theme",
      path: "/",
      ...mistake,
    });
    assert.equal(status, 400);
    assert.match(/<p class="error[^>]*>([^<]*)</.exec(body)?.[1] ?? "", message);
    assert.doesNotMatch(String(setCookies), /theme/);
  });
}
