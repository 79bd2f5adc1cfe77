import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of files to serve, with secret files inside and beside it. */
export interface Site {
  /** The folder that is served. */
  readonly root: string;
  readonly remove: () => void;
}

/** The content of the files outside the root, and of the hidden ones. */
export const secret = "SECRET";

export function makeSite(): Site {
  const base = mkdtempSync(join(tmpdir(), "ringlet-site-"));
  const root = join(base, "public");
  mkdirSync(join(root, "docs", "empty"), { recursive: true });
  mkdirSync(join(root, ".hidden"));
  mkdirSync(join(base, "public-not"));
  const files = {
    "public/digits.txt": "0123456789",
    "public/index.html": "<h1>home</h1>",
    "public/docs/index.htm": "docs",
    "public/a b+c&ü.txt": "odd name",
    "public/empty.txt": "",
    "public/data.zzz": "data",
    "public/.env": secret,
    "public/.hidden/a.txt": secret,
    "secret.txt": secret,
    "public-not/a.txt": secret,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(base, path), text);
  writeFileSync(join(root, "big.bin"), Buffer.alloc(8 * 1024 * 1024, 7));
  symlinkSync(join(base, "secret.txt"), join(root, "out.txt"));
  symlinkSync(base, join(root, "up"));
  symlinkSync(join(base, "public-not"), join(root, "beside"));
  symlinkSync("digits.txt", join(root, "in.txt"));
  symlinkSync("loop.txt", join(root, "loop.txt"));
  return { root, remove: () => rmSync(base, { recursive: true, force: true }) };
}

/** Sends a GET with an exact request target, which `fetch` would normalize. Returns the whole answer as text. */
export function rawGet(port: number, target: string, headers = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
    socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`, "latin1");
  });
}
