/** Clojure's `->` for middleware: a handler, and the middleware around it, from the inside out. */
export function thread<A, B, C, D, E, F, G, H, I>(
  handler: A,
  ab: (inner: A) => B,
  bc: (inner: B) => C,
  cd: (inner: C) => D,
  de: (inner: D) => E,
  ef: (inner: E) => F,
  fg: (inner: F) => G,
  gh: (inner: G) => H,
  hi: (inner: H) => I,
): I {
  return hi(gh(fg(ef(de(cd(bc(ab(handler))))))));
}
