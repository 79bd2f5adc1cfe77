/** Data to show to a developer: what opens a door is not in it. */

const MASK = "••••";

/** Names whose values are secrets, whole or as a part: `authorization`, `x-csrf-token`, `newPassword`. */
const SECRETS = ["authorization", "cookie", "key", "pass", "secret", "token", "csrf", "xsrf", "querystring"];

/** A copy with the values of secrets masked, at any depth; what is no data (a body, a function) is named only. */
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
