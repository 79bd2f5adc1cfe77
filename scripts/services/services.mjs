/** Programs that some tests need: found on this machine, or installed from npm or Debian. */
import { locateChromium } from "./chromium.mjs";
import { locatePostgres } from "./postgres.mjs";
import { locateRedis } from "./redis.mjs";
import { locateRing } from "./ring.mjs";
import { missing } from "../steps/step.mjs";

/** The services. `variable` tells the tests where a service is. If it is empty, they skip. */
const services = [
  { name: "Chromium", variable: "CHROME_BIN", locate: locateChromium },
  { name: "Redis", variable: "REDIS_BIN", locate: locateRedis },
  { name: "PostgreSQL", variable: "POSTGRES_BIN", locate: locatePostgres },
  { name: "Clojure's Ring", variable: "RING_BIN", locate: locateRing },
];

/** Returns the environment for the tests. With `install`, tries to install a service that is missing. */
export async function provideServices({ install, only = services.map(({ name }) => name) }) {
  const env = {};
  for (const { name, variable, locate } of services.filter((service) => only.includes(service.name))) {
    const { path, reason } = await locate({ given: process.env[variable], variable, install });
    if (path === undefined && install) missing(name, `${reason}; its tests skip`);
    env[variable] = path ?? "";
  }
  return env;
}
