/** Visitors of an application: who logs in gets a cookie, and a scripted visit proves that sessions work there. */
import type { Driver } from "./drive.ts";

/** What a browser brings besides the session's cookie. */
export const OTHER_COOKIES = "theme=dark; lang=en";

/** Who comes. */
export interface Crowd {
  /** What a browser brings besides the session's cookie. */
  readonly others?: string;
}

/** A Cookie header by the jar of a visitor. */
function headerOf(jar: ReadonlyMap<string, string>, others: string = OTHER_COOKIES): string {
  return [others, ...[...jar].map(([name, value]) => `${name}=${value}`)].join("; ");
}

/** A jar after a request. An empty value counts as a cookie that was taken away. */
async function visit(driver: Driver, kind: string, jar: Map<string, string>): Promise<string> {
  const { body, cookies } = await driver.ask(kind, headerOf(jar));
  for (const cookie of cookies) {
    const [name, value] = [cookie.slice(0, cookie.indexOf("=")), cookie.slice(cookie.indexOf("=") + 1)];
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  return body;
}

/** Cookie headers of so many visitors who have logged in. */
export async function logIn(driver: Driver, visitors: number, others: string = OTHER_COOKIES): Promise<string[]> {
  const headers: string[] = [];
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const jar = new Map<string, string>();
    await visit(driver, "login", jar);
    headers.push(headerOf(jar, others));
  }
  return headers;
}

/**
 * Counts, reads and logs out.
 *
 * @throws Error where the application does not do what it is to be measured for
 */
export async function verify(driver: Driver): Promise<void> {
  const jar = new Map<string, string>();
  const script = [
    ["none", "ok"],
    ["login", "ok"],
    ["idle", "ok"],
    ["read", "ada@example.com 0"],
    ["change", "ada@example.com 1"],
    ["change", "ada@example.com 2"],
    ["read", "ada@example.com 2"],
    ["logout", "ok"],
    ["read", "nobody 0"],
  ] as const;
  for (const [step, [kind, expected]] of script.entries()) {
    const body = await visit(driver, kind, jar);
    if (body !== expected) throw new Error(`step ${step}, ${kind}: "${expected}" was expected, "${body}" came`);
  }
}
