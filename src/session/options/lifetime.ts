import type { SessionConfig } from "./config.ts";

/** Seconds a session that began at `created`, or begins now, may live from now on; undefined for ever. */
export function lifetime(config: SessionConfig, created: number | undefined): number | undefined {
  if (config.absolute === undefined) return config.idle;
  const now = config.now();
  const left = Math.max(1, Math.ceil(((created ?? now) - now) / 1000 + config.absolute));
  return config.idle === undefined ? left : Math.min(config.idle, left);
}

/** Whether a session is past its absolute limit. On the very millisecond it is still good. */
export function isOver(config: SessionConfig, created: number | undefined): boolean {
  return config.absolute !== undefined && created !== undefined && config.now() > created + config.absolute * 1000;
}
