import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { type MimeTypes, ownTypes } from "./mime-types.ts";
import { checkFlag, checkNames, checkSeconds } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";
import { pathNames } from "./path.ts";

/** Options of `wrapFile` and `wrapResource`. */
export interface StaticOptions {
  /**
   * Whether `index.html` or `index.htm` is sent for a folder. Default: `true` in `wrapFile`, `false` in `wrapResource`.
   */
  readonly indexFiles?: boolean | undefined;
  /** Whether symbolic links may lead out of the folder. Default false. */
  readonly allowSymlinks?: boolean | undefined;
  /** Whether the handler is called first, and a file is sent only for its 404 or missing response. Default false. */
  readonly preferHandler?: boolean | undefined;
  /** The path below which the folder is served: `"/static"`. Default: `"/"`. */
  readonly mount?: string | undefined;
  /** Seconds that a browser keeps a file without asking. Default: no `Cache-Control`. */
  readonly maxAge?: number | undefined;
  /** Whether files never change under their names. With `maxAge`, not even a reload asks then. Default false. */
  readonly immutable?: boolean | undefined;
  /** Your own types by extension: `{ webmanifest: "application/manifest+json" }`. They come before the known types. */
  readonly mimeTypes?: MimeTypes | undefined;
}

/** Checked options of `wrapFile` and `wrapResource`. */
export interface StaticSettings {
  readonly indexFiles: boolean;
  readonly allowSymlinks: boolean;
  readonly preferHandler: boolean;
  readonly mount: readonly string[];
  readonly maxAge: number | undefined;
  readonly immutable: boolean;
  readonly ownType: (path: string) => string | undefined;
}

/**
 * Checks options, and fills in the defaults.
 *
 * @throws TypeError if an option has an unknown name or a wrong value
 */
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

/** Returns the names in the path of a mount, such as `"/assets"` or `"/assets/"`. Throws if it is no path. */
export function mountNames(where: string, mount: unknown): readonly string[] {
  const names = typeof mount === "string" ? pathNames(mount) : undefined;
  if (names === undefined) throw new TypeError(`${where} must be a path such as "/assets", got ${show(mount)}`);
  return names.filter((name) => name !== "");
}

/** Returns the absolute path of a folder. It is given as a path from the working directory, or as a `file:` URL. */
export function folderPath(where: string, root: unknown): string {
  if (root instanceof URL && root.protocol === "file:") return fileURLToPath(root);
  if (typeof root === "string" && root !== "" && !root.includes("\0")) return resolve(root);
  throw new TypeError(`${where} must be the path of a folder or a file: URL, got ${show(root)}`);
}
