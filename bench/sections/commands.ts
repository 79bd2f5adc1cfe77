/** The commands that each request sends to Redis, by MONITOR. INFO commandstats would count those of scripts too. */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { titleOf } from "../subjects/all.ts";
import type { Kind } from "../subjects/subject.ts";
import { startAll, type Case } from "./costs.ts";

export interface CommandRow {
  readonly subject: string;
  /** Names of the commands of one request, by its kind. */
  readonly commands: Partial<Record<Kind, readonly string[]>>;
}

const KINDS = ["none", "idle", "read", "change", "login"] as const;
const REQUESTS = 20;

/** Counts the commands of requests, subject by subject. */
export async function countCommands(cases: readonly Case[], url: string): Promise<CommandRow[]> {
  const { stations } = await startAll(cases);
  const monitor = await watch(url);
  const rows: CommandRow[] = [];
  for (const { subject, member } of stations) {
    const commands: Partial<Record<Kind, readonly string[]>> = {};
    for (const kind of KINDS) {
      if (subject.perRoute === true && (kind === "none" || kind === "idle")) continue;
      monitor.commands();
      await member.call("send", kind, REQUESTS);
      await wait(50);
      commands[kind] = perRequest(monitor.commands());
    }
    member.end();
    rows.push({ subject: titleOf(subject), commands });
  }
  monitor.end();
  return rows;
}

/** The commands that were sent at least once for every second request. */
function perRequest(names: readonly string[]): string[] {
  return [...new Set(names)].flatMap((name) => {
    const times = Math.round(names.filter((each) => each === name).length / REQUESTS);
    return Array.from({ length: times }, () => name);
  });
}

interface Monitor {
  /** The commands since this was last asked, without those of scripts. */
  readonly commands: () => string[];
  readonly end: () => void;
}

async function watch(url: string): Promise<Monitor> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString("latin1")));
  socket.write("MONITOR\r\n");
  while (!text.startsWith("+OK")) await wait(10);
  return {
    commands() {
      const lines = text.split("\r\n").filter((line) => line.includes("] ") && !line.includes(" lua] "));
      text = "";
      return lines.map((line) => (line.split("] ")[1]?.split(" ")[0] ?? "").replaceAll('"', "").toUpperCase());
    },
    end: () => void socket.destroy(),
  };
}
