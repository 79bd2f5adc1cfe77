import { createClient } from "redis";

/** Lets seconds pass on servers: every key has that much less to live, and is deleted if no time is left. */
export interface RedisClock {
  readonly advance: (seconds: number) => Promise<void>;
  readonly close: () => void;
}

const ADVANCE = `for _, key in ipairs(redis.call("KEYS", "*")) do
  local left = redis.call("PTTL", key)
  if left >= 0 and left <= tonumber(ARGV[1]) then redis.call("DEL", key)
  elseif left >= 0 then redis.call("PEXPIRE", key, left - tonumber(ARGV[1])) end
end`;

/** Makes a clock for the servers on some ports. The time that Redis itself tells does not change. */
export async function redisClock(ports: readonly number[]): Promise<RedisClock> {
  const clients = await Promise.all(ports.map(async (port) => connectRedis(port)));
  return {
    async advance(seconds) {
      const milliseconds = String(Math.round(seconds * 1000));
      await Promise.all(clients.map(async (client) => client.sendCommand(["EVAL", ADVANCE, "0", milliseconds])));
    },
    close() {
      for (const client of clients) client.destroy();
    },
  };
}

/** The functions of a client that tests use. */
export interface RedisTestClient {
  readonly sendCommand: (command: string[]) => Promise<unknown>;
  readonly destroy: () => void;
}

/** Connects a client of node-redis that ignores errors of its connection. */
export async function connectRedis(port: number): Promise<RedisTestClient> {
  const client = createClient({ socket: { host: "127.0.0.1", port } });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
