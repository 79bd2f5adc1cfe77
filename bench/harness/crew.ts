/** Processes that measure, one for each subject, so that no subject is measured with another's garbage. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { calls } from "./worker.ts";

type Calls = typeof calls;

/** A process with a subject. It takes one call at a time. */
export interface Member {
  readonly call: <Name extends keyof Calls>(name: Name, ...args: Parameters<Calls[Name]>) => ReturnType<Calls[Name]>;
  readonly end: () => void;
}

interface Reply {
  readonly answer?: unknown;
  readonly error?: string;
}

/** Flags of every process. The young generation starts as large as it would grow under load. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=16", "--no-warnings"];

const worker = fileURLToPath(new URL("worker.js", import.meta.url));

/** Starts a process. */
export function startMember(): Member {
  const child = fork(worker, {
    execArgv: FLAGS,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
  });
  let settle: ((reply: Reply) => void) | undefined;
  let complaints = "";
  child.stderr?.on("data", (chunk) => (complaints = `${complaints}${String(chunk)}`.slice(-2_000)));
  child.on("message", (reply: Reply) => settle?.(reply));
  child.on("exit", () => settle?.({ error: `the process ended: ${complaints}` }));
  const call = async (name: string, ...args: unknown[]): Promise<unknown> => {
    const reply = await new Promise<Reply>((resolve) => {
      settle = resolve;
      if (child.exitCode !== null || !child.send({ call: name, args })) resolve({ error: `ended: ${complaints}` });
    });
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply.answer;
  };
  return { call: call as Member["call"], end: () => void child.kill() };
}
