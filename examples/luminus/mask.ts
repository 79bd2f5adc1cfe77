/** Data to show to a developer, without its secrets. */

const MASK = "••••";

/** Names of secrets. A longer name that contains one is a secret too: `x-csrf-token`, `newPassword`. */
const SECRETS = ["authorization", "cookie", "key", "pass", "secret", "token", "csrf", "xsrf", "querystring"];

/** A copy with the values of secrets masked, at any depth. Of a body or a function, only the kind is named. */
export function mask(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((member) => mask(member, depth + 1));
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : value;
  if (value instanceof Date) return value;
  if (depth > 8 || !isData(value)) return `a ${value.constructor.name}`;
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    isSecret(name) && member !== undefined ? MASK : mask(member, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function isData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isSecret(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRETS.some((secret) => lower.includes(secret));
}
