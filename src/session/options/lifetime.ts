import type { SessionData, SessionTimeout } from "../../types.ts";
import { createdOf } from "../../data/reserved.ts";
import { checkNames } from "../../shared/options.ts";
import { show } from "../../shared/values.ts";

/** How long sessions live, and the clock that says so. */
export interface TimeLimits {
  /** Seconds without a request; undefined for ever. */
  readonly idle: number | undefined;
  /** Seconds since the session began; undefined for ever. */
  readonly absolute: number | undefined;
  readonly now: () => number;
}

/**
 * The option `timeout`, checked, with its defaults.
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
 * A duration, checked; undefined for `false`, which means for ever.
 *
 * @throws TypeError
 */
export function checkedDuration(where: string, name: string, unit: string, value: number | false): number | undefined {
  if (value === false) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${where}: ${name} must be a number of ${unit} above 0, or false, got ${show(value)}`);
}

/** Seconds that a session may live from now on, if it began at `created` or begins now; undefined for ever. */
export function lifetime({ idle, absolute, now }: TimeLimits, created: number | undefined): number | undefined {
  if (absolute === undefined) return idle;
  const time = now();
  const absoluteLeft = Math.max(1, Math.ceil(((created ?? time) - time) / 1000 + absolute));
  return idle === undefined ? absoluteLeft : Math.min(idle, absoluteLeft);
}

/** Whether a session is past its absolute limit. On the very millisecond it is still good. */
export function isOver({ absolute, now }: TimeLimits, created: number | undefined): boolean {
  return absolute !== undefined && created !== undefined && now() > created + absolute * 1000;
}

/** The time to note as the beginning of a new session; undefined without an absolute limit. */
export function createdNow({ absolute, now }: TimeLimits): number | undefined {
  return absolute === undefined ? undefined : now();
}

/** The time at which a session that goes on began. One from before there was an absolute limit begins now. */
export function createdOrNow(limits: TimeLimits, current: SessionData): number | undefined {
  return createdOf(current) ?? createdNow(limits);
}
