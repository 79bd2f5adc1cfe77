import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { type MimeTypes, ownTypes } from "./mime-types.ts";
import { checkFlag, checkNames, checkSeconds } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
import { pathNames } from "./path.ts";

/** What `wrapFile` and `wrapResource` may be told. */
export interface StaticOptions {
  /** Whether a folder is answered with its `index.html` or `index.htm`. Default: `true` for files, `false` for resources. */
  readonly indexFiles?: boolean | undefined;
  /** Whether symbolic links may lead out of the folder. Default false. */
  readonly allowSymlinks?: boolean | undefined;
  /** Whether the handler is asked first, and the folder where it answers 404 or nothing. Default false. */
  readonly preferHandler?: boolean | undefined;
  /** The path that the folder is found below: `"/static"`. Default: `"/"`. */
  readonly mount?: string | undefined;
  /** Seconds that a browser keeps a file without asking. Default: no `Cache-Control`. */
  readonly maxAge?: number | undefined;
  /** Whether a file of that name will never change: with `maxAge`, not even a reload asks. Default false. */
  readonly immutable?: boolean | undefined;
  /** Types by extension, before those that are known: `{ webmanifest: "application/manifest+json" }`. */
  readonly mimeTypes?: MimeTypes | undefined;
}

/** The options, checked. */
export interface StaticSettings {
  readonly indexFiles: boolean;
  readonly allowSymlinks: boolean;
  readonly preferHandler: boolean;
  readonly mount: readonly string[];
  readonly maxAge: number | undefined;
  readonly immutable: boolean;
  readonly ownType: (path: string) => string | undefined;
}

/** @throws TypeError where an option has an unknown name or another kind of value */
export function staticSettings(where: string, options: StaticOptions, indexDefault: boolean): StaticSettings {
  const flags = ["indexFiles", "allowSymlinks", "preferHandler", "immutable"] as const;
  checkNames(where, "option", options, [...flags, "mount", "maxAge", "mimeTypes"]);
  for (const name of flags) checkFlag(where, name, options[name]);
  const { indexFiles = indexDefault, allowSymlinks = false, preferHandler = false, immutable = false } = options;
  checkSeconds(where, "maxAge", options.maxAge);
  if (immutable && options.maxAge === undefined) {
    throw new TypeError(`${where}: immutable wants a maxAge: for how long it will not change`);
  }
  return {
    indexFiles,
    allowSymlinks,
    preferHandler,
    immutable,
    maxAge: options.maxAge,
    mount: mountNames(`${where}: mount`, options.mount ?? "/"),
    ownType: ownTypes(where, options.mimeTypes),
  };
}

/** The names in a path of the server's own: `"/assets"`, `"/assets/"`. */
export function mountNames(where: string, mount: unknown): readonly string[] {
  const names = typeof mount === "string" ? pathNames(mount) : undefined;
  if (names === undefined) throw new TypeError(`${where} must be a path such as "/assets", got ${show(mount)}`);
  return names.filter((name) => name !== "");
}

/** The path of a folder: as it is, below the working directory, or of a `file:` URL. */
export function folderPath(where: string, root: unknown): string {
  if (root instanceof URL && root.protocol === "file:") return fileURLToPath(root);
  if (typeof root === "string" && root !== "" && !root.includes("\0")) return resolve(root);
  throw new TypeError(`${where} must be the path of a folder or a file: URL, got ${show(root)}`);
}
