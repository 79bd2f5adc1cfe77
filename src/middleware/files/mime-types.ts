import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { checkHeaderText } from "../../http/headers.ts";

/** Content types by extension, without the dot and in lower case. */
export type MimeTypes = Readonly<Record<string, string>>;

/**
 * Returns a function from a path to the given type of its extension. It returns undefined for other extensions.
 *
 * @throws TypeError if an extension or a type is invalid
 */
export function ownTypes(where: string, given: MimeTypes | undefined): (path: string) => string | undefined {
  if (given === undefined) return () => undefined;
  if (!isPlainObject(given)) throw new TypeError(`${where}: mimeTypes must be an object, got ${kindOf(given)}`);
  const types = new Map<string, string>();
  for (const [extension, type] of Object.entries(given)) {
    if (extension.includes(".") || extension !== extension.toLowerCase()) {
      throw new TypeError(`${where}: mimeTypes: write extensions without a dot, in lower case; got ${show(extension)}`);
    }
    checkHeaderText(`${where}: mimeTypes.${extension}`, type);
    types.set(extension, type);
  }
  return (path) => types.get(extensionOf(path));
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}
