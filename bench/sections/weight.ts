/** The weight of libraries: time to import, packages and bytes installed, bytes of a bundle. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { spread, type Spread } from "../harness/statistics.ts";
import { root } from "../paths.ts";
import { load } from "../subjects/load.ts";

export interface WeightRow {
  readonly subject: string;
  readonly importMilliseconds: Spread;
  /** Number of packages, dependencies included. */
  readonly packages: number;
  readonly bytes: number;
}

/** A subpath of ours, minified with all its imports except Node's own modules and optional peers. */
export interface BundleRow {
  readonly subpath: string;
  readonly bytes: number;
  readonly compressed: number;
}

/** The packages that an application would install for sessions, and import. */
const INSTALLED: readonly (readonly string[])[] = [
  ["express-session"],
  ["express-session", "connect-redis"],
  ["cookie-session"],
  ["iron-session"],
  ["@fastify/session", "@fastify/cookie"],
  ["@fastify/secure-session"],
  ["koa-session"],
  ["hono-sessions"],
  ["@hono/session"],
  ["next-session"],
  ["@remix-run/session", "@remix-run/cookie"],
];

const IMPORTS = 5;
const here = (path: string): string => fileURLToPath(new URL(path, root));

/** Measures the peers as npm installed them, and ours as `npm pack` would publish it. */
export async function measureWeight(): Promise<WeightRow[]> {
  const peers = INSTALLED.map((names) => ({ subject: names.join(" + "), names, from: "bench/", ...installed(names) }));
  const all = [{ subject: "ringlet", names: ["./dist/index.js"], from: "", ...published() }, ...peers];
  const times = all.map(() => [] as number[]);
  for (let turn = 0; turn < IMPORTS; turn += 1) {
    for (const [index, { names, from }] of all.entries()) times[index]?.push(importTime(names, here(from)));
  }
  return all.map(({ subject, packages, bytes }, index) => ({
    subject,
    importMilliseconds: spread(times[index] ?? []),
    packages,
    bytes,
  }));
}

/** Bundles every subpath that is published. */
export async function measureBundles(): Promise<BundleRow[]> {
  interface Options {
    readonly entryPoints: readonly string[];
    readonly external: readonly string[];
    readonly [option: string]: unknown;
  }
  type Build = (options: Options) => Promise<{ readonly outputFiles: readonly { readonly contents: Uint8Array }[] }>;
  const { build } = await load<{ build: Build }>("esbuild");
  const { exports, peerDependencies } = JSON.parse(readFileSync(here("package.json"), "utf8")) as {
    exports: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  const entries = Object.entries(exports).filter(([, file]) => file.endsWith(".js"));
  return Promise.all(
    entries.map(async ([subpath, file]) => {
      const { outputFiles } = await build({
        entryPoints: [here(file)],
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        platform: "node",
        external: Object.keys(peerDependencies),
      });
      const contents = outputFiles[0]?.contents ?? new Uint8Array();
      const compressed = brotliCompressSync(contents).byteLength;
      return { subpath: subpath.replace(".", "ringlet"), bytes: contents.byteLength, compressed };
    }),
  );
}

/** Milliseconds of an import, in a fresh process that has nothing else to do. */
function importTime(names: readonly string[], folder: string): number {
  const imports = names.map((name) => `await import(${JSON.stringify(name)})`).join(";");
  const program = `const start = performance.now(); ${imports}; process.stdout.write(String(performance.now() - start))`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
    encoding: "utf8",
  });
  return Number(stdout);
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dependencies?: object; readonly optional?: boolean; readonly dev?: boolean }>
  >;
}

/** Counts packages with their dependencies. It finds them as Node does: beside the package, then further out. */
function installed(names: readonly string[]): { packages: number; bytes: number } {
  const { packages } = JSON.parse(readFileSync(here("bench/package-lock.json"), "utf8")) as Lock;
  const found = new Set<string>();
  const follow = (name: string, from: string): void => {
    const path = from === "" ? `node_modules/${name}` : `${from}/node_modules/${name}`;
    const entry = packages[path];
    if (entry === undefined) {
      if (from !== "") follow(name, from.slice(0, Math.max(0, from.lastIndexOf("/node_modules/"))));
      return;
    }
    if (found.has(path)) return;
    found.add(path);
    for (const dependency of Object.keys(entry.dependencies ?? {})) follow(dependency, path);
  };
  for (const name of names) follow(name, "");
  const bytes = [...found].map((path) => folderBytes(here(`bench/${path}`)));
  return { packages: found.size, bytes: bytes.reduce((sum, each) => sum + each, 0) };
}

/** Bytes of the files in a folder, without the packages inside. */
function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum;
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? folderBytes(path) : statSync(path).size);
  }, 0);
}

/** Counts our package as `npm pack` lists it, and its dependencies. */
function published(): { packages: number; bytes: number } {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: here("."),
    encoding: "utf8",
  });
  const answer = JSON.parse(stdout) as unknown;
  const [own] = Object.values(answer as Record<string, { readonly unpackedSize: number }>);
  const { dependencies } = JSON.parse(readFileSync(here("package.json"), "utf8")) as { dependencies: object };
  const others = Object.keys(dependencies).map((name) => folderBytes(here(`node_modules/${name}`)));
  return {
    packages: 1 + others.length,
    bytes: (own?.unpackedSize ?? NaN) + others.reduce((sum, each) => sum + each, 0),
  };
}
