/** Where a request carries what was read for it, through any `{ ...request }`. Shared by all copies of this package. */
export const VISIT: unique symbol = Symbol.for("ringlet.visit");

/** On a response whose `session` is the request's own, with nothing but its flash changed: no log-in, no new data. */
export const FLASH_ONLY: unique symbol = Symbol.for("ringlet.flash-only");

/** On a request whose `remoteAddr` is what a proxy said: who was really connected. */
export const PEER: unique symbol = Symbol.for("ringlet.peer");

/** On a request that an anti-forgery middleware has let through. */
export const GUARDED: unique symbol = Symbol.for("ringlet.guarded");

/** On `globalThis`: the store of everything that names none, in all copies of this package. */
export const SHARED_STORE: unique symbol = Symbol.for("ringlet.shared-store");

/** On a framework's request: the drafts of its sessions, the latest first. */
export const DRAFT: unique symbol = Symbol.for("ringlet.draft");
