import { setTimeout as wait } from "node:timers/promises";

import type { SessionStore } from "../../types.ts";
import type { Trouble } from "./plan.ts";

/** Seconds after which waiting is given up. */
export const STAGE_PATIENCE = 5;

const SAVES = ["writeSession", "updateSession", "deleteSession", "renewSession"];

/** State that the requests and the store of an application share. */
export interface Backstage {
  /** Calls of the store since the last request for them. */
  calls: string[];
  trouble: Trouble | undefined;
  /** Number of requests that have come to each gate. */
  readonly held: Map<string, number>;
  readonly released: Set<string>;
  /** Waits at a gate until it is released. */
  readonly pass: (gate: string) => Promise<void>;
  /** Waits until so many requests have come to the gate. Returns false if they do not come. */
  readonly reached: (gate: string, count: number) => Promise<boolean>;
  readonly reset: () => void;
}

/** Makes the state of an application, with no calls, no trouble and no gates. */
export function backstage(): Backstage {
  let scene = 0;
  /** Waits until something is so. It polls, because workerd lets no request wait for the promise of another one. */
  const until = async (isSo: () => boolean): Promise<boolean> => {
    const mine = scene;
    const isOver = (): boolean => scene !== mine || isSo();
    for (let count = 0; count < STAGE_PATIENCE * 500 && !isOver(); count++) await wait(2);
    return isSo();
  };
  const stage: Backstage = {
    calls: [],
    trouble: undefined,
    held: new Map(),
    released: new Set(),
    async pass(gate) {
      stage.held.set(gate, (stage.held.get(gate) ?? 0) + 1);
      await until(() => stage.released.has(gate));
    },
    reached: (gate, count) => until(() => (stage.held.get(gate) ?? 0) >= count),
    reset() {
      scene += 1;
      stage.calls = [];
      stage.trouble = undefined;
      stage.held.clear();
      stage.released.clear();
    },
  };
  return stage;
}

/** Returns a store that records its calls, and that has trouble on demand. */
export function troubled(store: SessionStore, stage: Backstage): SessionStore {
  const call = (name: string, work: () => unknown): unknown => {
    stage.calls.push(name);
    const { trouble } = stage;
    if (trouble === undefined || (trouble.on === "save") !== SAVES.includes(name)) return work();
    if (trouble.how === "hold") return stage.pass("store").then(work);
    const error = new Error("the store fails, as the law wants");
    if (trouble.how === "throw") throw error;
    return Promise.reject(error);
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return (...args: unknown[]) => call(name, (): unknown => Reflect.apply(member, target, args));
    },
  });
}
