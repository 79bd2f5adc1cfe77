/** What some tests need and npm does not have: found on this machine, or installed where Debian has it. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./process.mjs";
import { missing } from "./step.mjs";

/** `variable` tells the tests where the program is; empty: nowhere, and they skip. */
const services = [
  {
    name: "Chromium",
    variable: "CHROME_BIN",
    programs: ["chromium", "chromium-browser", "google-chrome"],
    debianPackage: "chromium",
  },
];

/** Answers the environment for the tests. With `install`, tries to install what is not there. */
export async function provideServices({ install }) {
  const env = {};
  for (const service of services) {
    const { path, reason } = await locate(service, install);
    if (path === undefined && install) missing(service.name, `${reason}; its tests skip`);
    env[service.variable] = path ?? "";
  }
  return env;
}

async function locate({ name, variable, programs, debianPackage }, install) {
  const given = process.env[variable];
  if (given) return isProgram(given) ? { path: given } : { reason: `${variable} is ${given}, which cannot be run` };

  const found = onPath(programs);
  if (found !== undefined || !install) return { path: found };
  const cure = `install ${debianPackage} or set ${variable}`;
  if (process.getuid?.() !== 0 || onPath(["apt-get"]) === undefined) return { reason: `not on PATH; ${cure}` };

  console.log(`${name} is not on PATH: installing Debian's ${debianPackage}`);
  const failure = await aptInstall(debianPackage);
  return failure === undefined ? { path: onPath(programs) } : { reason: `apt-get failed; ${cure}\n${failure}` };
}

/** Answers what went wrong, or nothing. */
async function aptInstall(debianPackage) {
  const quiet = { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } };
  const update = await run("apt-get", ["update"], quiet);
  if (update.code !== 0) return update.output;
  const install = await run("apt-get", ["install", "--yes", "--no-install-recommends", debianPackage], quiet);
  return install.code === 0 ? undefined : install.output;
}

function onPath(programs) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
