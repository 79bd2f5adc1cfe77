/** The parts of a request target or a URL, not decoded. */
export interface Target {
  /** The scheme as it is written, `"https"`; undefined if the target is only a path. */
  readonly scheme: string | undefined;
  /** Host and port; undefined if the target is only a path. */
  readonly authority: string | undefined;
  /** The path, at least `"/"`; or the `"*"` of OPTIONS. */
  readonly path: string;
  readonly query: string | undefined;
}

/**
 * Parses the target of a request line (RFC 9112, section 3.2), or the URL in `request.url`. Never throws. Some runtimes
 * pass on a URL with a malformed host, for which `new URL` would throw.
 */
export function parseTarget(text: string): Target {
  const mark = text.startsWith("/") ? -1 : text.indexOf("://");
  const start = mark === -1 ? 0 : authorityEnd(text, mark + 3);
  const fragment = text.indexOf("#", start);
  const end = fragment === -1 ? text.length : fragment;
  const question = text.indexOf("?", start);
  const hasQuery = question !== -1 && question < end;
  return {
    scheme: mark === -1 ? undefined : text.slice(0, mark),
    authority: mark === -1 ? undefined : withoutUser(text.slice(mark + 3, start)),
    path: text.slice(start, hasQuery ? question : end) || "/",
    query: hasQuery ? text.slice(question + 1, end) : undefined,
  };
}

function authorityEnd(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "/" || character === "?" || character === "#") return index;
  }
  return text.length;
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf("@") + 1);
}
