import type { Awaitable, SessionStore } from "../../types.ts";
import { type AdapterApplication, adapterApplication } from "./application.ts";
import type { StoreKind, Trouble } from "./plan.ts";
import { lawVisitor, type LawVisitor, sendCommand } from "./visitor.ts";

/** Law: one thing that every adapter must do, as a case for any test runner. */
export interface AdapterLaw {
  /** The statement that must be true, and the name of the test. */
  readonly name: string;
  /**
   * Checks the law over HTTP, on an application that `serve` starts. Its sessions are in a store that `makeStore`
   * makes, empty or not. Rejects if the law is broken. Laws about races do not apply if the store is not atomic.
   */
  readonly check: (
    serve: ServeAdapter,
    makeStore: () => Awaitable<SessionStore>,
  ) => Promise<"holds" | "does not apply">;
}

/** Starts the application of the laws with an adapter, on a port. Every request to `/` must call its `answer`. */
export type ServeAdapter = (application: AdapterApplication) => Awaitable<RunningAdapter>;

/** A running application. */
export interface RunningAdapter {
  /** The URL of the application: `"http://127.0.0.1:3000"`. */
  readonly url: string;
  /** Stops the application. May return a promise. */
  readonly close: () => unknown;
}

/** Tools for the check of a law. */
export interface Stage {
  readonly url: string;
  /** Makes a browser without cookies. */
  readonly newVisitor: () => LawVisitor;
  /** Returns the calls of the store since this was last called. */
  readonly calls: () => Promise<readonly string[]>;
  /** Gives the store trouble from now on, or ends it. */
  readonly trouble: (trouble: Trouble | undefined) => Promise<void>;
  /** Waits until `count` requests wait at the gate. Returns false if they get their responses instead. */
  readonly held: (gate: string, answers: Promise<unknown>, count?: number) => Promise<boolean>;
  readonly release: (gate: string) => Promise<void>;
  /** Forgets calls, trouble and gates. Waiting requests go on. */
  readonly reset: () => Promise<void>;
  readonly kind: () => Promise<StoreKind>;
}

type AdapterCheck = (stage: Stage) => Promise<"holds" | "does not apply" | void>;

/** Makes a law for every adapter. */
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

/** Makes a law for atomic stores. For others it does not apply. */
export function raceLaw(name: string, check: AdapterCheck): AdapterLaw {
  return adapterLaw(name, async (stage) => ((await stage.kind()).atomic ? check(stage) : "does not apply"));
}

/**
 * Runs a check. The server may be an old one in another process, so it is reset before, and also if the check fails.
 */
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
