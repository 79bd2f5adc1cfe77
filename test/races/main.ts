/** Races processes against a store: `npm run races -- --store redis`. Ends with 1 if a change was lost. */
import { parseArgs } from "node:util";

import { places, type Place } from "./places.ts";
import { race, type RaceResult } from "./race.ts";
import { withoutSqlite } from "./stores.ts";

const usage = `Usage: npm run races [-- --store redis|ioredis|postgres|sqlite|<url>] [--count N] [--processes N] [--seed N]

  --store      what to race; default: all four, on servers of their own. A url: redis://…, postgres://…, sqlite:/path.
               SQLite needs Node 22.13
  --count      how many increments, pairs and log-outs; default 10000
  --processes  default 4
  --seed       repeats the pauses of another run`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: "string", multiple: true },
      count: { type: "string", default: "10000" },
      processes: { type: "string", default: "4" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [count, processes, seed] = [Number(values.count), Number(values.processes), Number(values.seed)];
  let code = 0;
  for (const store of values.store ?? Object.keys(places)) {
    if (withoutSqlite && store.startsWith("sqlite")) {
      console.error(`\n${store}: NOT RACED. ${withoutSqlite}`);
      // The caller has asked for this store, and must know that it was not raced.
      if (values.store !== undefined) code = 1;
      continue;
    }
    console.log(`\n${store}: ${processes} processes, seed ${seed}`);
    const { place, end } = await servers(store);
    const options = { place, processes, seed, increments: count, pairs: count, logOuts: count };
    const result = await race(options, (line) => console.log(`  ${line}`));
    await end();
    for (const error of result.errors.slice(0, 5)) console.log(`  failed: ${error}`);
    if (!isKept(result)) code = 1;
  }
  return code;
}

/** Whether no change was lost, no session was restored, and no request failed. */
function isKept({ increments, pairs, logOuts, errors }: RaceResult): boolean {
  return increments.made === increments.counted && pairs.lost === 0 && logOuts.revived === 0 && errors.length === 0;
}

/** Returns the place to race on: the given one, or one with a new server. */
async function servers(store: string): Promise<Place> {
  if (isName(store)) return places[store]();
  return { place: store, end: () => undefined };
}

function isName(store: string): store is keyof typeof places {
  return Object.hasOwn(places, store);
}
