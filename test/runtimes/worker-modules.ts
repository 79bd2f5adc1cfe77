import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";

/** A module for workerd, in its own file. */
export interface WorkerModule {
  readonly name: string;
  /** The names that a CommonJS module exports. Undefined for other modules. */
  readonly namedExports: readonly string[] | undefined;
}

/**
 * Writes a compiled module and all that it imports into a folder. The first in the list is the module itself. workerd
 * knows no packages, so all modules are in one folder.
 */
export function writeModules(entry: string, folder: string): readonly WorkerModule[] {
  const files = [resolve(entry)];
  const nameOf = (file: string): string => {
    if (!files.includes(file)) files.push(file);
    return `${files.indexOf(file)}-${basename(file)}`;
  };
  const modules: WorkerModule[] = [];
  // The list grows during this loop.
  for (const file of files) {
    const name = nameOf(file);
    const text = readFileSync(file, "utf8");
    const namedExports = isCommonJs(text) ? Object.keys(createRequire(file)(file) as object) : undefined;
    modules.push({ name, namedExports });
    writeFileSync(join(folder, name), namedExports === undefined ? withNames(text, file, nameOf) : text);
  }
  return modules;
}

/** Changes the names in the import and export statements, which begin a line in compiled modules. */
function withNames(text: string, file: string, nameOf: (file: string) => string): string {
  return text.replaceAll(
    /^((?:import|export)\b(?:[^;"']*?\bfrom)? *)["']([^"']+)["']/gm,
    (_statement, before: string, specifier: string) => {
      const isBuiltIn = specifier.startsWith("node:");
      return `${before}"${isBuiltIn ? specifier : `./${nameOf(fileOf(specifier, file))}`}"`;
    },
  );
}

function isCommonJs(text: string): boolean {
  return /^exports\.|^Object\.defineProperty\(exports\b/m.test(text);
}

function fileOf(specifier: string, from: string): string {
  if (specifier.startsWith(".")) return resolve(dirname(from), specifier);
  const [first = "", second = "", ...rest] = specifier.split("/");
  const [name, inside] = first.startsWith("@") ? [`${first}/${second}`, rest] : [first, [second, ...rest]];
  const home = resolve(process.cwd(), "node_modules", name);
  const { exports, main } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
    readonly exports?: Target;
    readonly main?: string;
  };
  const subpath = ["."].concat(inside.filter((part) => part !== "")).join("/");
  const entry = typeof exports === "object" && subpath in exports ? exports[subpath] : exports;
  return join(home, chosen(entry) ?? main ?? "index.js");
}

type Target = string | { readonly [condition: string]: Target };

function chosen(target: Target | undefined): string | undefined {
  if (typeof target !== "object") return target;
  const condition = Object.keys(target).find((each) => ["workerd", "import", "default"].includes(each));
  return condition === undefined ? undefined : chosen(target[condition]);
}
