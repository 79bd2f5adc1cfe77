/**
 * What can go wrong at run time, as classes, so that an application can tell them apart.
 * Mistakes in options are plain `TypeError`s, thrown when a wrapper or a store is built.
 *
 * @module
 */

/** What a store was asked to do when it failed. */
export type StoreOperation = "read" | "write" | "update" | "delete" | "renew" | "list" | "revoke";

/**
 * A session store failed, or took longer than `storeDeadline`. Adapters answer 503.
 * `cause` is what the store threw; the message names neither a session key nor a secret.
 */
export class SessionStoreError extends Error {
  override readonly name: string = "SessionStoreError";
  readonly code = "ERR_SESSION_STORE";
  /** What the store was asked to do. */
  readonly operation: StoreOperation;

  constructor(operation: StoreOperation, reason: string, options?: { readonly cause?: unknown }) {
    super(`session store: ${operation} ${reason}`, options);
    this.operation = operation;
  }

  /** What a log that writes JSON should show: without the cause, on which clients hang more than a log may hold. */
  toJSON(): { name: string; code: string; operation: StoreOperation; message: string } {
    const { name, code, operation, message } = this;
    return { name, code, operation, message };
  }
}

/**
 * A session holds something that its store cannot carry back unchanged, or is no session at all.
 * The message names the place: `session.cart.items[2].when is a Date; …`.
 */
export class SessionDataError extends TypeError {
  override readonly name: string = "SessionDataError";
  readonly code = "ERR_SESSION_DATA";
}

/** A cookie cannot be written as asked. The message names the cookie, the attribute and the cure. */
export class CookieError extends TypeError {
  override readonly name: string = "CookieError";
  readonly code = "ERR_COOKIE";
  /** The name of the cookie. */
  readonly cookie: string;

  constructor(cookie: string, message: string) {
    super(`cookie ${quoted(cookie)}: ${message}`);
    this.cookie = cookie;
  }
}

/**
 * A request cannot be read as it was sent: too long, malformed, in a charset nobody knows, or broken off. Thrown by
 * functions such as `paramsRequest`; the middleware round them answers it, and so do adapters, with its `status` and
 * its `message`, which says nothing of what was sent.
 */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  readonly code = "ERR_REQUEST";
  /** What to answer: 400 malformed, 413 over a limit, 415 a charset or a type nobody knows. */
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.status = status;
  }
}

function quoted(name: string): string {
  return name.length > 60 ? `${JSON.stringify(name.slice(0, 60))}…` : JSON.stringify(name);
}
