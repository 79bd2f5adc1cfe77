import { createClient } from "redis";

/** Lets seconds pass on the servers: every key has so much less to live, and is gone where that is nothing. */
export interface RedisClock {
  readonly advance: (seconds: number) => Promise<void>;
  readonly close: () => void;
}

const ADVANCE = `for _, key in ipairs(redis.call("KEYS", "*")) do
  local left = redis.call("PTTL", key)
  if left >= 0 and left <= tonumber(ARGV[1]) then redis.call("DEL", key)
  elseif left >= 0 then redis.call("PEXPIRE", key, left - tonumber(ARGV[1])) end
end`;

/** Takes hold of the clocks of servers, by their ports. The time that Redis itself tells stays what it is. */
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

/** What is used of a client in tests. */
export interface RedisTestClient {
  readonly sendCommand: (command: string[]) => Promise<unknown>;
  readonly destroy: () => void;
}

/** A client of node-redis, connected, that no error of its connection harms. */
export async function connectRedis(port: number): Promise<RedisTestClient> {
  const client = createClient({ socket: { host: "127.0.0.1", port } });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
