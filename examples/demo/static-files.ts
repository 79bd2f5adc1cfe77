import { readFileSync } from "node:fs";

import type { Request, Response } from "ringlet";

/** The folder of the files. The compiled demo is elsewhere, so the path starts at the package. */
const folder = new URL("examples/demo/", import.meta.resolve("ringlet/package.json"));

const files: Readonly<Record<string, Response>> = {
  "/styles.css": file("styles.css", "text/css; charset=utf-8"),
  "/ring.svg": file("ring.svg", "image/svg+xml"),
};

/** A handler for the files of the demo. Returns undefined for any other path. */
export function staticFiles(request: Request): Response | undefined {
  return Object.hasOwn(files, request.uri) ? files[request.uri] : undefined;
}

function file(name: string, type: string): Response {
  return { headers: { "content-type": type, "cache-control": "no-cache" }, body: readFileSync(new URL(name, folder)) };
}
