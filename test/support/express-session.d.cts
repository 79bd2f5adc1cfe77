/**
 * The types of express-session that the tests need, without their declaration on `Express.Request`: an application on
 * `ringlet/express` does not have it either. The pages are compiled with the real types.
 */
import type { EventEmitter } from "node:events";

import type { Request, RequestHandler } from "express";

export = session;

declare function session(options?: session.SessionOptions): RequestHandler;

declare namespace session {
  type Callback = (error?: unknown) => void;

  interface SessionOptions {
    secret: string | string[];
    name?: string;
    store?: Store;
    resave?: boolean;
    saveUninitialized?: boolean;
    rolling?: boolean;
    unset?: "destroy" | "keep";
    cookie?: CookieOptions | ((request: SessionRequest) => CookieOptions);
    genid?(request: Request): string;
  }

  interface CookieOptions {
    maxAge?: number;
    expires?: Date | null;
    path?: string;
    domain?: string;
    secure?: boolean | "auto";
    httpOnly?: boolean;
    sameSite?: boolean | "lax" | "strict" | "none";
  }

  class Cookie implements CookieOptions {
    originalMaxAge: number | null;
    maxAge?: number;
    expires?: Date | null;
    path?: string;
    domain?: string;
    secure?: boolean | "auto";
    httpOnly?: boolean;
    sameSite?: boolean | "lax" | "strict" | "none";
  }

  interface SessionData {
    cookie: Cookie;
  }

  class Session {
    id: string;
    cookie: Cookie;
    regenerate(callback: Callback): this;
    destroy(callback: Callback): this;
    reload(callback: Callback): this;
    save(callback?: Callback): this;
    touch(): this;
  }

  interface SessionRequest extends Omit<Request, "session"> {
    session: Session & SessionData;
    sessionID: string;
    sessionStore: Store;
  }

  abstract class Store extends EventEmitter {
    regenerate(request: Request, callback: Callback): unknown;
    load(sid: string, callback: (error: unknown, session?: SessionData) => unknown): unknown;
    createSession(request: Request, session: SessionData): Session & SessionData;
    abstract get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void;
    abstract set(sid: string, session: SessionData, callback?: Callback): void;
    abstract destroy(sid: string, callback?: Callback): void;
    touch?(sid: string, session: SessionData, callback?: () => void): void;
  }

  class MemoryStore extends Store {
    all(callback: (error: unknown, sessions?: Record<string, SessionData> | null) => void): void;
    get(sid: string, callback: (error: unknown, session?: SessionData | null) => void): void;
    set(sid: string, session: SessionData, callback?: Callback): void;
    destroy(sid: string, callback?: Callback): void;
    touch(sid: string, session: SessionData, callback?: () => void): void;
  }
}
