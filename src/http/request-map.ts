/** On a request with a property that is made when it is read: the anti-forgery token. */
export const LAZY: unique symbol = Symbol.for("ringlet.lazy");

/**
 * A request with more on it, or other. An anti-forgery token that nobody has read yet stays unread, where `{ ...request }`
 * would read it and so make a session.
 */
export function extended<Req extends object, More extends object>(request: Req, more: More): Req & More {
  if (!(LAZY in request)) return { ...request, ...more };
  const copy: object = Object.defineProperties({}, Object.getOwnPropertyDescriptors(request));
  return Object.assign(copy, more) as Req & More;
}
