/** One of the racing processes: an application on the common store, which runs the jobs that it is sent. */
import { setImmediate as turn } from "node:timers/promises";

import { wrapSession, type Handler, type Request, type SessionEvent, type SessionRequest } from "ringlet";
import { mockRequest } from "ringlet/testing";

import type { Job, Outcome } from "./messages.ts";
import { openStore } from "./stores.ts";

type JobRequest = Request & SessionRequest & { readonly job: Job };

const AT_ONCE = 16;

const { store, close } = await openStore(process.argv[2] ?? "");
let events: Record<string, number> = {};

const app: Handler<Request & { readonly job: Job }> = wrapSession<Record<string, unknown>, JobRequest>(
  async ({ session, job }) => {
    for (let count = 0; count < job.turns; count++) await turn();
    if (job.does === "logOut") return { session: null };
    if (job.does === "set") return { session: { ...session, [job.name]: true } };
    return { session: (current) => ({ ...current, n: Number(current["n"] ?? 0) + 1 }) };
  },
  { store, storeDeadline: 20_000, onEvent: ({ type }: SessionEvent) => void (events[type] = (events[type] ?? 0) + 1) },
);

process.on("message", (jobs: readonly Job[]) => void work(jobs).then((outcome) => process.send?.(outcome)));
process.once("disconnect", () => void close());
process.send?.("ready");

async function work(jobs: readonly Job[]): Promise<Outcome> {
  const waiting = jobs.toReversed();
  const errors: string[] = [];
  events = {};
  const lane = async (): Promise<void> => {
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      const headers = { cookie: `ring-session=${job.key}` };
      try {
        await app({ ...mockRequest("POST", "/", { headers }), job });
      } catch (error) {
        errors.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { answered: jobs.length - errors.length, events, errors };
}
