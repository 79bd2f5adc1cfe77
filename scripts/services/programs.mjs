/** Looks for programs on this machine. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Returns the path of the first of these programs that is on PATH, or undefined. */
export function onPath(programs) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isProgram);
}

/** Whether there is a file that can be run. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether this folder has all of these programs. */
export function holds(folder, programs) {
  return programs.every((program) => isProgram(join(folder, program)));
}
