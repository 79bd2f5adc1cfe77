/**
 * The names in a path, decoded; the last is `""` where it ends in a slash. Undefined where it can be no file to serve:
 * malformed, with a name that is hidden (`.env`, `..`) or empty, or that hides a separator or a NUL.
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

/** The names below a mount; undefined where they are not below it. */
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
