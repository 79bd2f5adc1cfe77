import type { NodeRedisClient } from "../../../src/stores/redis/redis.ts";

/** A script that does the same as SET with IFEQ and GET. */
const SET_IFEQ = `local value = redis.call("GET", KEYS[1])
if value == ARGV[2] then redis.call("SET", KEYS[1], ARGV[1], unpack(ARGV, 3)) end
return value`;

/** Wraps a client so that its server seems to know IFEQ, as Valkey 8.1 and Redis 8.4 do. */
export function withIfeq(client: NodeRedisClient): NodeRedisClient {
  return {
    get isOpen() {
      return client.isOpen;
    },
    get isReady() {
      return client.isReady;
    },
    async sendCommand(command, options) {
      const [name, key = "", value = "", condition, before = "", , ...expiry] = command;
      if (name !== "SET" || condition !== "IFEQ") return client.sendCommand(command, options);
      return client.sendCommand(["EVAL", SET_IFEQ, "1", key, value, before, ...expiry], options);
    },
  };
}
