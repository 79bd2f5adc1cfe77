/** Visitors of an application. They log in and get cookies, and a scripted visit proves that sessions work. */
import type { Driver } from "./drive.ts";

/** Cookies that a browser sends besides the session's. */
export const OTHER_COOKIES = "theme=dark; lang=en";

/** The visitors that come to an application. */
export interface Crowd {
  /** Cookies that their browsers send besides the session's. Default `OTHER_COOKIES`. */
  readonly others?: string;
}

/** The Cookie header of a visitor with this jar. */
function headerOf(jar: ReadonlyMap<string, string>, others: string = OTHER_COOKIES): string {
  return [others, ...[...jar].map(([name, value]) => `${name}=${value}`)].join("; ");
}

/** Sends a request, and keeps the cookies of the response in the jar. A cookie with an empty value is removed. */
async function visit(driver: Driver, kind: string, jar: Map<string, string>): Promise<string> {
  const { body, cookies } = await driver.ask(kind, headerOf(jar));
  for (const cookie of cookies) {
    const [name, value] = [cookie.slice(0, cookie.indexOf("=")), cookie.slice(cookie.indexOf("=") + 1)];
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  return body;
}

/** Logs visitors in. Returns their Cookie headers. */
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
 * Runs a scripted visit: logs in, reads, changes and logs out.
 *
 * @throws Error if the application does not do what it is to be measured for
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
