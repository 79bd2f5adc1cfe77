/** Runs other programs: quietly, or in this terminal. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const node = process.execPath;

/** The development tools. This Node runs them, without a shell and without PATH. */
const tools = {
  attw: "@arethetypeswrong/cli/dist/index.js",
  knip: "knip/bin/knip.js",
  oxfmt: "oxfmt/bin/oxfmt",
  oxlint: "oxlint/bin/oxlint",
  publint: "publint/src/cli.js",
  tsc: "typescript/bin/tsc",
};

/** Runs a development tool. Returns what `run` returns. */
export function runTool(name, args, options) {
  return run(node, [join(root, "node_modules", tools[name]), ...args], options);
}

/** Runs npm: the one that started this process, otherwise the one on PATH. */
export function runNpm(args, options) {
  const script = process.env.npm_execpath;
  return script?.endsWith("npm-cli.js") ? run(node, [script, ...args], options) : run("npm", args, options);
}

/**
 * Runs a program to its end. Returns its exit code, and with `quiet` its output, which otherwise goes to this terminal.
 * The code is that of a shell: 127 if the program cannot be started, 128 plus the signal's number if it was killed.
 */
export function run(file, args, { quiet = false, cwd = root, env = {} } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    const stopOutliving = outlive(child);
    child.on("error", (error) => end(127, error.message));
    child.on("close", (code, signal) => end(code ?? 128 + constants.signals[signal], Buffer.concat(chunks).toString()));

    function end(code, output) {
      stopOutliving();
      resolve({ code, output });
    }
  });
}

/** Keeps this process running until the program ends. A terminal sends Ctrl-C to both. SIGTERM is passed on. */
function outlive(child) {
  const wait = () => undefined;
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", wait).on("SIGTERM", forward);
  return () => process.off("SIGINT", wait).off("SIGTERM", forward);
}
