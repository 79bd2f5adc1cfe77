import { setTimeout as wait } from "node:timers/promises";

import type { SessionStore } from "../../types.ts";
import type { Trouble } from "./plan.ts";

/** Seconds until what waits gives up. */
export const STAGE_PATIENCE = 5;

const SAVES = ["writeSession", "updateSession", "deleteSession", "renewSession"];

/** What is shared by the requests and the store of an application. */
export interface Backstage {
  /** Calls of the store since they were last asked for. */
  calls: string[];
  trouble: Trouble | undefined;
  /** How many have come to each gate. */
  readonly held: Map<string, number>;
  readonly released: Set<string>;
  /** Waits at a gate until it is released. */
  readonly pass: (gate: string) => Promise<void>;
  /** Waits until so many have come to the gate; false where they do not. */
  readonly reached: (gate: string, count: number) => Promise<boolean>;
  readonly reset: () => void;
}

/** Makes it, with nothing going on. */
export function backstage(): Backstage {
  let scene = 0;
  /** By the clock, not by a promise that another request keeps: workerd keeps the promises of requests apart. */
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

/** A store that notes its calls, and has trouble where that is wanted. */
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
