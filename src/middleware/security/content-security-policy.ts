import { unknownName } from "../../shared/options.ts";
import { isPlainObject, kindOf } from "../../shared/values.ts";
import { checkHeaderText } from "../../http/headers.ts";

/** Directives that take sources (CSP level 3, section 6). */
export const sourceDirectives = [
  "base-uri",
  "child-src",
  "connect-src",
  "default-src",
  "font-src",
  "form-action",
  "frame-ancestors",
  "frame-src",
  "img-src",
  "manifest-src",
  "media-src",
  "object-src",
  "report-to",
  "report-uri",
  "require-trusted-types-for",
  "sandbox",
  "script-src",
  "script-src-attr",
  "script-src-elem",
  "style-src",
  "style-src-attr",
  "style-src-elem",
  "trusted-types",
  "upgrade-insecure-requests",
  "worker-src",
] as const;

/** Keywords that browsers read as hosts if their quotes are missing. */
const quoted = ["self", "none", "unsafe-inline", "unsafe-eval", "strict-dynamic", "report-sample", "wasm-unsafe-eval"];

/**
 * Returns the text of a policy.
 *
 * @throws TypeError if a directive is unknown, if a source would end the directive, or if a keyword lacks its quotes
 */
export function policyText(where: string, policy: unknown): string {
  if (!isPlainObject(policy)) throw new TypeError(`${where}: policy must be an object, got ${kindOf(policy)}`);
  const directives = Object.entries(policy).filter(([, sources]) => sources !== undefined);
  if (directives.length === 0) throw new TypeError(`${where}: policy has no directive`);
  return directives.map(([name, sources]) => directiveText(where, name, sources)).join("; ");
}

function directiveText(where: string, name: string, sources: unknown): string {
  if (!sourceDirectives.some((known) => known === name)) {
    throw new TypeError(`${where}: ${unknownName("directive", name, sourceDirectives)}`);
  }
  if (!Array.isArray(sources)) {
    throw new TypeError(`${where}: ${name} must be a list such as ["'self'"], got ${kindOf(sources)}`);
  }
  for (const source of sources as readonly unknown[]) checkSource(`${where}: ${name}`, source);
  return [name, ...(sources as readonly string[])].join(" ");
}

function checkSource(where: string, source: unknown): void {
  checkHeaderText(`${where}: a source`, source, " ;,");
  if (typeof source === "string" && quoted.includes(source)) {
    throw new TypeError(`${where}: ${source} alone is the name of a host; write "'${source}'"`);
  }
}
