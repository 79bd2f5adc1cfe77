/** A million sessions in memory: their weight, and how long the event loop stands still when they expire. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { PopulationFigures } from "../harness/population.ts";
import { populations } from "../harness/populations.ts";

export interface MillionRow extends PopulationFigures {
  readonly subject: string;
}

const file = fileURLToPath(new URL("../harness/population.js", import.meta.url));

/** Measures one store after the other, each in its own process. */
export async function measureMillion(sessions: number): Promise<MillionRow[]> {
  const rows: MillionRow[] = [];
  for (const subject of Object.keys(populations)) rows.push({ subject, ...(await populate(subject, sessions)) });
  return rows;
}

function populate(subject: string, sessions: number): Promise<PopulationFigures> {
  return new Promise((resolve, reject) => {
    const child = fork(file, [subject, String(sessions)], { execArgv: ["--expose-gc"] });
    child.once("message", (figures) => {
      child.kill();
      resolve(figures as PopulationFigures);
    });
    child.once("exit", (code) => reject(new Error(`${subject}: the process ended with ${code}`)));
  });
}
