import { cookies, headers } from "next/headers";
import { type OpenSession, session } from "ringlet/fetch";

interface App {
  user?: string;
  visits?: number;
}

export const sessions = session<App, string>({ cookieAttrs: { secure: process.env.NODE_ENV === "production" } });

export async function openSession(): Promise<OpenSession<App, string>> {
  return sessions.open(await headers());
}

export async function saveSession(opened: OpenSession<App, string>): Promise<void> {
  const [saved, jar] = [await opened.save(), await cookies()];
  for (const { name, value, attributes } of saved.cookies) jar.set(name, value, attributes);
}
