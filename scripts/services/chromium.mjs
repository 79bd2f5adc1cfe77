/** Finds Chromium: CHROME_BIN, PATH, or Debian's package, which only root can install. */
import { run } from "../steps/process.mjs";
import { isProgram, onPath } from "./programs.mjs";

const programs = ["chromium", "chromium-browser", "google-chrome"];

export async function locateChromium({ given, variable, install }) {
  if (given) return isProgram(given) ? { path: given } : { reason: `${variable} is ${given}, which cannot be run` };

  const found = onPath(programs);
  if (found !== undefined || !install) return { path: found };
  const cure = `install chromium or set ${variable}`;
  if (process.getuid?.() !== 0 || onPath(["apt-get"]) === undefined) return { reason: `not on PATH; ${cure}` };

  console.log("Chromium is not on PATH: installing Debian's chromium");
  const failure = await aptInstall("chromium");
  return failure === undefined ? { path: onPath(programs) } : { reason: `apt-get failed; ${cure}\n${failure}` };
}

/** Installs a package of Debian. Returns what went wrong, or undefined. */
async function aptInstall(debianPackage) {
  const quiet = { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const update = await run("apt-get", ["update"], quiet);
  if (update.code !== 0) return update.output;
  const install = await run("apt-get", ["install", "--yes", "--no-install-recommends", debianPackage], quiet);
  return install.code === 0 ? undefined : install.output;
}
