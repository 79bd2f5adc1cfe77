/** What some tests need: found on this machine, brought by npm, or fetched where Debian has it. */
import { locateChromium } from "./chromium.mjs";
import { locatePostgres } from "./postgres.mjs";
import { locateRedis } from "./redis.mjs";
import { locateRing } from "./ring.mjs";
import { missing } from "../steps/step.mjs";

/** `variable` tells the tests where it is; empty: nowhere, and they skip. */
const services = [
  { name: "Chromium", variable: "CHROME_BIN", locate: locateChromium },
  { name: "Redis", variable: "REDIS_BIN", locate: locateRedis },
  { name: "PostgreSQL", variable: "POSTGRES_BIN", locate: locatePostgres },
  { name: "Clojure's Ring", variable: "RING_BIN", locate: locateRing },
];

/** Answers the environment for the tests. With `install`, tries to bring what is not there. */
export async function provideServices({ install, only = services.map(({ name }) => name) }) {
  const env = {};
  for (const { name, variable, locate } of services.filter((service) => only.includes(service.name))) {
    const { path, reason } = await locate({ given: process.env[variable], variable, install });
    if (path === undefined && install) missing(name, `${reason}; its tests skip`);
    env[variable] = path ?? "";
  }
  return env;
}
