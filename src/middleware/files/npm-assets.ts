/**
 * Styles and scripts of installed npm packages. After `ring-webjars`.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { checkHandler, checkNames } from "../../shared/options.ts";
import { isPlainObject, kindOf, show } from "../../shared/values.ts";
import { findFile } from "./find.ts";
import { folderPath, mountNames } from "./options.ts";
import { namesBelow, pathNames } from "./path.ts";
import type { Handler, Request, Response } from "../../types.ts";
import { besides, fileResponse } from "./send.ts";

/** Options of `wrapNpmAssets`. */
export interface NpmAssetsOptions {
  /** The packages to serve: `["bulma"]`, or each with a folder in it, `{ bulma: "css" }`. `""` is the whole package. */
  readonly packages: readonly string[] | Readonly<Record<string, string>>;
  /**
   * The place from which packages are resolved, as `import` does: `import.meta.url`. Default: the working directory.
   */
  readonly from?: string | URL | undefined;
  /** The path before the name of the package. Default `"/assets"`. */
  readonly prefix?: string | undefined;
}

/**
 * Middleware: responds to `/assets/bulma/css/bulma.css` with the file `css/bulma.css` of the installed package `bulma`.
 * The handler is called for everything else. After `wrap-webjars` of ring-webjars.
 *
 * Browsers ask each time, and get a 304 while the package has the same version. A path with the version,
 * `/assets/bulma@1.0.4/css/bulma.css`, is cached for a year. A path with another version is not found.
 *
 * @example
 * ```ts
 * import { notFound } from "ringlet";
 * import { wrapNpmAssets } from "ringlet/middleware/npm-assets";
 *
 * const app = wrapNpmAssets(() => notFound("Nothing here"), { packages: ["bulma"], from: import.meta.url });
 * ```
 * @throws TypeError if a package is not installed, or if an option is missing, unknown or invalid
 */
export function wrapNpmAssets<Req extends Request, Res extends Response>(
  handler: Handler<Req, Res>,
  options: NpmAssetsOptions,
): Handler<Req, Res | Response> {
  checkHandler("wrapNpmAssets", handler);
  checkNames("wrapNpmAssets", "option", options, ["packages", "from", "prefix"]);
  const prefix = mountNames("wrapNpmAssets: prefix", options.prefix ?? "/assets");
  const from = options.from ?? join(process.cwd(), "index.js");
  const assets = packagesOf(options.packages).map(([name, folder]) => installed(name, folder, from));
  return besides(handler, (request) => assetResponse(request, prefix, assets), false);
}

/** An installed package. */
interface Asset {
  /** `["@scope", "name"]` or `["name"]`. */
  readonly names: readonly string[];
  readonly version: string;
  readonly folder: string;
}

async function assetResponse(
  request: Request,
  prefix: readonly string[],
  assets: readonly Asset[],
): Promise<Response | undefined> {
  const names = pathNames(request.uri);
  const below = names && namesBelow(prefix, names);
  for (const asset of below === undefined ? [] : assets) {
    const plain = namesBelow(asset.names, below ?? []);
    const inside = plain ?? namesBelow(versioned(asset), below ?? []);
    const file = inside && (await findFile(asset.folder, inside, { indexFiles: false, allowSymlinks: false }));
    if (file === undefined) continue;
    return fileResponse(request, file, {
      maxAge: plain === undefined ? 31_536_000 : 0,
      immutable: plain === undefined,
      ownType: () => undefined,
      // npm gives all files one date, so size and date cannot tell two versions apart.
      etag: `"${encodeURIComponent(asset.version)}-${file.stats.size.toString(16)}"`,
    });
  }
  return undefined;
}

function versioned({ names, version }: Asset): readonly string[] {
  return names.map((name, index) => (index === names.length - 1 ? `${name}@${version}` : name));
}

function packagesOf(packages: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(packages)) return packages.map((name: unknown) => [packageName(name), ""]);
  if (!isPlainObject(packages)) {
    throw new TypeError(`wrapNpmAssets: packages must be a list such as ["bulma"], got ${kindOf(packages)}`);
  }
  return Object.entries(packages).map(([name, folder]) => {
    if (typeof folder === "string" && pathNames(`/${folder}`) !== undefined) return [packageName(name), folder];
    throw new TypeError(`wrapNpmAssets: packages.${name} must be a folder in it such as "dist", got ${show(folder)}`);
  });
}

function packageName(name: unknown): string {
  const names = typeof name === "string" ? pathNames(`/${name}`) : undefined;
  const isScoped = typeof name === "string" && name.startsWith("@");
  if (typeof name === "string" && names?.length === (isScoped ? 2 : 1) && !names.includes("")) return name;
  throw new TypeError(`wrapNpmAssets: a package must be named as in package.json, got ${show(name)}`);
}

function installed(name: string, folder: string, from: string | URL): Asset {
  // Not by the package's exports: they need not have package.json or any style.
  for (const modules of createRequire(baseOf(from)).resolve.paths(name) ?? []) {
    const version = versionIn(join(modules, name, "package.json"));
    if (version !== undefined) return { names: name.split("/"), version, folder: join(modules, name, folder) };
  }
  throw new TypeError(
    `wrapNpmAssets: package ${name} is not installed where ${String(from)} can see it; npm install ${name}`,
  );
}

function baseOf(from: string | URL): string {
  return folderPath("wrapNpmAssets: from", typeof from === "string" && from.startsWith("file:") ? new URL(from) : from);
}

function versionIn(file: string): string | undefined {
  try {
    const description: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isPlainObject(description) ? String(description["version"]) : undefined;
  } catch {
    return undefined;
  }
}
