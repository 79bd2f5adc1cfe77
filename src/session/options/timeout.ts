import type { SessionData, SessionTimeout } from "../../types.ts";
import { createdOf } from "../../data/reserved.ts";
import { checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";

/** The time limits of sessions, and the clock that they are measured by. */
export interface TimeLimits {
  /** Seconds without a request. Undefined: for ever. */
  readonly idle: number | undefined;
  /** Seconds since the session began. Undefined: for ever. */
  readonly absolute: number | undefined;
  readonly now: () => number;
}

/**
 * Checks the option `timeout`, and returns it with its defaults.
 *
 * @throws TypeError
 */
export function checkedTimeout(where: string, timeout: SessionTimeout): Omit<TimeLimits, "now"> {
  checkNames(`${where}: timeout`, "option", timeout, ["idle", "absolute"]);
  return {
    idle: checkedDuration(where, "timeout.idle", "seconds", timeout.idle === undefined ? 1800 : timeout.idle),
    absolute: checkedDuration(
      where,
      "timeout.absolute",
      "seconds",
      timeout.absolute === undefined ? false : timeout.absolute,
    ),
  };
}

/**
 * Checks a duration and returns it. `false` means for ever, and becomes undefined.
 *
 * @throws TypeError
 */
export function checkedDuration(where: string, name: string, unit: string, value: number | false): number | undefined {
  if (value === false) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${where}: ${name} must be a number of ${unit} above 0, or false, got ${show(value)}`);
}

/** Returns the time. `Date.now` is looked up each time, so that a test may replace it. */
export function clock(): number {
  return Date.now();
}

/**
 * Returns the seconds that a session may live from now on; undefined for ever. It began at `created`, or begins now if
 * that is undefined.
 */
export function lifetime({ idle, absolute, now }: TimeLimits, created: number | undefined): number | undefined {
  if (absolute === undefined) return idle;
  const time = now();
  const absoluteLeft = Math.max(1, Math.ceil(((created ?? time) - time) / 1000 + absolute));
  return idle === undefined ? absoluteLeft : Math.min(idle, absoluteLeft);
}

/** Whether a session is past its absolute limit. On the very millisecond it still lives. */
export function isOver({ absolute, now }: TimeLimits, created: number | undefined): boolean {
  return absolute !== undefined && created !== undefined && now() > created + absolute * 1000;
}

/** Returns the time at which a new session begins; undefined without an absolute limit, which alone needs it. */
export function createdNow({ absolute, now }: TimeLimits): number | undefined {
  return absolute === undefined ? undefined : now();
}

/** Returns the time at which a stored session began. If it holds no such time, it begins now. */
export function createdOrNow(limits: TimeLimits, current: SessionData): number | undefined {
  return createdOf(current) ?? createdNow(limits);
}
