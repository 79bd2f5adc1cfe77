/**
 * Returns the decoded names in a path. If the path ends in a slash, the last name is `""`. Returns undefined if no file
 * may be served for the path: it is malformed, or one of its names is empty, begins with a dot (`.env`, `..`), or holds
 * an encoded separator or NUL.
 */
export function pathNames(uri: string): readonly string[] | undefined {
  if (!uri.startsWith("/")) return undefined;
  const names: string[] = [];
  const parts = uri.slice(1).split("/");
  for (const [index, part] of parts.entries()) {
    const name = decodedName(part);
    const isLast = index === parts.length - 1;
    if (name === undefined || !(name === "" ? isLast : isPlainName(name))) return undefined;
    names.push(name);
  }
  return names;
}

/** Returns the names below a mount, or undefined if the path is not below it. */
export function namesBelow(mount: readonly string[], names: readonly string[]): readonly string[] | undefined {
  if (names.length <= mount.length || mount.some((name, index) => name !== names[index])) return undefined;
  return names.slice(mount.length);
}

function decodedName(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isPlainName(name: string): boolean {
  return !name.startsWith(".") && !name.includes("/") && !name.includes("\\") && !name.includes("\0");
}
