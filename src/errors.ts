/**
 * Errors at run time, as classes, so that an application can tell them apart.
 * A mistake in options is a plain `TypeError`, thrown when a wrapper or a store is built.
 *
 * @module
 */

/** The operation of a store that failed. */
export type StoreOperation = "read" | "write" | "update" | "delete" | "renew" | "list" | "revoke";

/**
 * A session store failed, or took longer than `storeDeadline`. Adapters send a 503 then.
 * `cause` is the error that the store threw. The message contains neither a session key nor a secret.
 */
export class SessionStoreError extends Error {
  override readonly name: string = "SessionStoreError";
  readonly code = "ERR_SESSION_STORE";
  /** The operation that failed. */
  readonly operation: StoreOperation;

  constructor(operation: StoreOperation, reason: string, options?: { readonly cause?: unknown }) {
    super(`session store: ${operation} ${reason}`, options);
    this.operation = operation;
  }

  /** Returns the error for a JSON log. The cause is left out: clients attach data to it that no log may hold. */
  toJSON(): { name: string; code: string; operation: StoreOperation; message: string } {
    const { name, code, operation, message } = this;
    return { name, code, operation, message };
  }
}

/**
 * A session holds a value that its store cannot carry back unchanged, or is no session at all.
 * The message names the place: `session.cart.items[2].when is a Date; …`.
 */
export class SessionDataError extends TypeError {
  override readonly name: string = "SessionDataError";
  readonly code = "ERR_SESSION_DATA";
}

/** A cookie cannot be written as given. The message names the cookie, the attribute and the cure. */
export class CookieError extends TypeError {
  override readonly name: string = "CookieError";
  readonly code = "ERR_COOKIE";
  /** The name of the cookie. */
  readonly cookie: string;

  constructor(cookie: string, message: string) {
    super(`cookie ${nameInQuotes(cookie)}: ${message}`);
    this.cookie = cookie;
  }
}

/**
 * A request cannot be read as it was sent: it is too long, malformed, broken off, or in an unknown charset. Functions
 * such as `paramsRequest` throw it. Their middleware and the adapters turn it into a response with its `status` and
 * `message`. The message contains nothing of the request.
 */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  readonly code = "ERR_REQUEST";
  /** The status of the response: 400 malformed, 413 over a limit, 415 an unknown charset or type. */
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.status = status;
  }
}

function nameInQuotes(name: string): string {
  return name.length > 60 ? `${JSON.stringify(name.slice(0, 60))}…` : JSON.stringify(name);
}
