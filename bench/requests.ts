/**
 * What a session adds to a request, and how far that is from the least code that could do the job (the floor): a Map of
 * JSON texts under SHA-256, and one AES-256-GCM call with a held key.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes, createSecretKey } from "node:crypto";

import { cookieStore, generateKey, memoryStore, wrapSession } from "../src/index.ts";
import type {
  Handler,
  Request,
  Response,
  SessionData,
  SessionRequest,
  SessionResponse,
  SessionStore,
} from "../src/types.ts";
import { time, type Case } from "./timing.ts";

const SESSION: SessionData = {
  user: "ada@example.com",
  roles: ["editor", "admin"],
  cart: { items: [1, 2, 3], total: 12.5 },
  theme: "dark",
};
const OTHER_COOKIES = "theme=dark; lang=en; ";

type Answer = (request: Request & SessionRequest) => Response & SessionResponse;

/** µs that each kind of request takes on each store, and the floors beside them. */
export async function requestBench(): Promise<string[][]> {
  const memory = await casesOf("memory", memoryStore({ maxSessions: 10_000 }));
  const sealed = await casesOf("sealed cookie", cookieStore({ key: generateKey() }));
  const timed = await time([...floors(), ...memory, ...sealed]);
  return [["request", "µs"], ...timed.map(({ name, microseconds }) => [name, microseconds.toFixed(2)])];
}

async function casesOf(kind: string, store: SessionStore): Promise<Case[]> {
  let count = 0;
  const app = (answer: Answer): Handler => wrapSession(answer, { store });
  const cookie = await cookieOf(app(() => ({ session: SESSION })));
  const named = (name: string, answer: Answer, headers: Request["headers"]): Case => {
    const handler = app(answer);
    return { name: `${kind}: ${name}`, run: () => handler({ method: "GET", uri: "/", headers }) };
  };
  return [
    named("no cookie", () => ({}), { cookie: OTHER_COOKIES }),
    named("read", ({ session }) => ({ body: String(session["user"]) }), { cookie }),
    named("change", ({ session }) => ({ session: { ...session, count: count++ } }), { cookie }),
    named("change by a function", () => ({ session: (current) => ({ ...current, count: count++ }) }), { cookie }),
    named("log-in", () => ({ session: SESSION }), { cookie: OTHER_COOKIES }),
    named("log-out of an unknown session", () => ({ session: null }), {
      cookie: `${OTHER_COOKIES}ring-session=${"x".repeat(32)}`,
    }),
  ];
}

async function cookieOf(app: Handler): Promise<string> {
  const response = await app({ method: "GET", uri: "/", headers: {} });
  const [line = ""] = response?.headers?.["set-cookie"] ?? [];
  return `${OTHER_COOKIES}${line.split(";")[0]}`;
}

function floors(): Case[] {
  const texts = new Map([[hash("sha256", "key", "base64url"), JSON.stringify(SESSION)]]);
  const bytes = randomBytes(32);
  const held = createSecretKey(bytes);
  const sealed = sealWith(held);
  return [
    {
      name: "floor: a Map under SHA-256",
      run: () => JSON.parse(texts.get(hash("sha256", "key", "base64url")) ?? "") as unknown,
    },
    { name: "floor: AES-256-GCM opened, held key", run: () => openWith(held, sealed) },
    { name: "the same with raw key bytes", run: () => openWith(bytes, sealed) },
  ];
}

type Key = Parameters<typeof createCipheriv>[1];

function sealWith(key: Key): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(JSON.stringify(SESSION)), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  );
}

function openWith(key: Key, sealed: string): unknown {
  const bytes = Buffer.from(sealed, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString());
}
