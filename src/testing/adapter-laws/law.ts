import type { Awaitable, SessionStore } from "../../types.ts";
import { type AdapterApplication, adapterApplication } from "./application.ts";
import type { StoreKind, Trouble } from "./plan.ts";
import { lawVisitor, type LawVisitor, sendCommand } from "./visitor.ts";

/** One thing that every adapter must do, as a case for any test runner. */
export interface AdapterLaw {
  /** What must be true: the name of the test. */
  readonly name: string;
  /**
   * Checks it over HTTP on an application that `serve` starts, with sessions in a store that `makeStore` makes, empty or
   * not; rejects where it is broken. Laws about races answer that they do not apply where the store is not atomic.
   */
  readonly check: (
    serve: ServeAdapter,
    makeStore: () => Awaitable<SessionStore>,
  ) => Promise<"holds" | "does not apply">;
}

/** Starts the application of the laws with an adapter on a port: every request to `/` calls its `answer`. */
export type ServeAdapter = (application: AdapterApplication) => Awaitable<RunningAdapter>;

/** An application that listens. */
export interface RunningAdapter {
  /** `"http://127.0.0.1:3000"`. */
  readonly url: string;
  /** May answer a promise. */
  readonly close: () => unknown;
}

/** What the check of a law works with. */
export interface Stage {
  readonly url: string;
  /** A browser with no cookies. */
  readonly newVisitor: () => LawVisitor;
  /** The calls of the store since this was last asked. */
  readonly calls: () => Promise<readonly string[]>;
  /** Lets the store have trouble from now on, or no more. */
  readonly trouble: (trouble: Trouble | undefined) => Promise<void>;
  /** Waits until requests wait at the gate, one or `count`; false where they are answered instead. */
  readonly held: (gate: string, answers: Promise<unknown>, count?: number) => Promise<boolean>;
  readonly release: (gate: string) => Promise<void>;
  /** Forgets calls, trouble and gates; whoever waits goes on. */
  readonly reset: () => Promise<void>;
  readonly kind: () => Promise<StoreKind>;
}

type AdapterCheck = (stage: Stage) => Promise<"holds" | "does not apply" | void>;

/** A law for every adapter. */
export function adapterLaw(name: string, check: AdapterCheck): AdapterLaw {
  return {
    name,
    async check(serve, makeStore) {
      const { url, close } = await serve(adapterApplication(await makeStore()));
      try {
        return (await onStage(url, check)) ?? "holds";
      } finally {
        await close();
      }
    },
  };
}

/** A law that asks more of the store than reading, writing and deleting: for others it does not apply. */
export function raceLaw(name: string, check: AdapterCheck): AdapterLaw {
  return adapterLaw(name, async (stage) => ((await stage.kind()).atomic ? check(stage) : "does not apply"));
}

/** A server in another process may be an old one: it begins afresh, and nothing is left waiting. */
async function onStage(url: string, check: AdapterCheck): Promise<"holds" | "does not apply" | void> {
  await sendCommand(url, { command: "reset" });
  try {
    return await check(stageAt(url));
  } catch (error) {
    await sendCommand(url, { command: "reset" }).catch(() => undefined);
    throw error;
  }
}

function stageAt(url: string): Stage {
  return {
    url,
    newVisitor: () => lawVisitor(url),
    calls: async () => (await sendCommand(url, { command: "calls" })) as readonly string[],
    trouble: async (trouble) => void (await sendCommand(url, { command: "trouble", trouble })),
    held: async (gate, answers, count = 1) => {
      const held = sendCommand(url, { command: "held", gate, count }).then((answer) => answer === true);
      return Promise.race([held, answers.then(() => false)]);
    },
    release: async (gate) => void (await sendCommand(url, { command: "release", gate })),
    reset: async () => void (await sendCommand(url, { command: "reset" })),
    kind: async () => (await sendCommand(url, { command: "kind" })) as StoreKind,
  };
}
