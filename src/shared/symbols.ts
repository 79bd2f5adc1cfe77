/** On a request whose `remoteAddr` is what a proxy said: who was really connected. */
export const PEER: unique symbol = Symbol.for("ringlet.peer");
