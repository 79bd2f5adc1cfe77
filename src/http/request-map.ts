/** Mark on a request that has a lazy property, which is made when it is read: the anti-forgery token. */
export const LAZY: unique symbol = Symbol.for("ringlet.lazy");

/**
 * Copies a request and sets further properties on the copy. A property that is made when it is read stays unread:
 * `{ ...request }` would read the anti-forgery token, and so make a session.
 */
export function extended<Req extends object, More extends object>(request: Req, more: More): Req & More {
  if (!(LAZY in request)) return { ...request, ...more };
  // The application may have frozen the request, or given it accessors: the copy has the new properties all the same.
  const properties = { ...Object.getOwnPropertyDescriptors(request), ...Object.getOwnPropertyDescriptors(more) };
  return Object.defineProperties({}, properties) as Req & More;
}
