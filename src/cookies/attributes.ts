import { isDate } from "node:util/types";

import { CookieError } from "../errors.ts";
import type { CookieAttrs } from "../types.ts";
import { unknownName } from "../shared/options.ts";
import { isPlainObject, kindOf, show } from "../shared/values.ts";

/** Most seconds that a browser keeps a cookie: 400 days (RFC 6265bis, section 5.5). */
const LONGEST_MAX_AGE = 34_560_000;
const LONGEST_ATTRIBUTE = 1024;

const KNOWN = ["domain", "path", "secure", "httpOnly", "maxAge", "expires", "sameSite", "partitioned", "priority"];
const SAME_SITE = ["strict", "lax", "none"];
const PRIORITY = ["low", "medium", "high"];

/**
 * Checks the name and the attributes of a cookie. Returns the attributes, with those added that the name itself asks
 * for:
 *
 * - `__Secure-` and `__Host-` ask for Secure, and `__Host-` for the path `/` (RFC 6265bis, section 4.1.3).
 * - `__Http-` and `__Host-Http-` ask for Secure and HttpOnly (draft-ietf-httpbis-layered-cookies).
 *
 * Attributes that are undefined are left out.
 *
 * @throws CookieError that names the cookie, the attribute, what was expected and what was given
 */
export function checkedAttrs(name: string, given: unknown): CookieAttrs {
  if (!isToken(name)) throw new CookieError(name, "the name must be letters, digits and any of !#$%&'*+-.^_`|~");
  if (!isPlainObject(given)) throw new CookieError(name, `attributes must be an object, got ${kindOf(given)}`);
  const attrs: Record<string, unknown> = {};
  for (const [attribute, value] of Object.entries(given)) {
    if (!KNOWN.includes(attribute)) throw new CookieError(name, unknownName("attribute", attribute, KNOWN));
    if (value === undefined) continue;
    const expected = expectation(attribute, value);
    if (expected !== undefined) throw new CookieError(name, `${attribute} must be ${expected}, got ${show(value)}`);
    attrs[attribute] = value;
  }
  return checkTogether(name, attrs);
}

/** Returns attributes merged over others. An undefined attribute does not replace the other one. */
export function mergeAttrs(under: CookieAttrs, over: CookieAttrs): CookieAttrs {
  return { ...under, ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)) };
}

/** Whether a text is a token of RFC 9110, and so may be the name of a cookie or of a header. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || '"(),/:;<=>?@[\\]{}'.includes(text.charAt(index))) return false;
  }
  return text.length > 0;
}

/** Returns what an attribute must be, or undefined if its value is right. */
function expectation(attribute: string, value: unknown): string | undefined {
  switch (attribute) {
    case "domain":
      return typeof value === "string" && isDomain(value) ? undefined : "a host name such as example.com";
    case "path":
      return typeof value === "string" && isPath(value)
        ? undefined
        : "a path that starts with /, ASCII without ; < or control characters, at most 1024 octets";
    case "maxAge":
      return isMaxAge(value) ? undefined : `a whole number of seconds from 0 to ${LONGEST_MAX_AGE} (400 days)`;
    case "expires":
      return isDate(value) && isCookieDate(value) ? undefined : "a Date from 1601 to 9999";
    case "sameSite":
      return SAME_SITE.includes(value as string) ? undefined : '"strict", "lax" or "none"';
    case "priority":
      return PRIORITY.includes(value as string) ? undefined : '"low", "medium" or "high"';
    default:
      return typeof value === "boolean" ? undefined : "true or false";
  }
}

function checkTogether(name: string, attrs: CookieAttrs): CookieAttrs {
  const asked = askedByName(name);
  if (startsWith(name, "__host-") && attrs.domain !== undefined) {
    throw new CookieError(
      name,
      `domain must be left out for this name, got ${show(attrs.domain)}; leave it out or rename the cookie`,
    );
  }
  for (const [attribute, value] of Object.entries(asked)) {
    const given: unknown = Reflect.get(attrs, attribute);
    if (given !== undefined && given !== value) {
      throw new CookieError(
        name,
        `${attribute} must be ${value} for this name, got ${show(given)}; leave it out or rename the cookie`,
      );
    }
  }
  const checked = { ...attrs, ...asked };
  if (checked.secure !== true && attrs.sameSite === "none") {
    throw new CookieError(name, 'sameSite "none" needs secure: true; browsers refuse it otherwise');
  }
  if (checked.secure !== true && attrs.partitioned === true) {
    throw new CookieError(name, "partitioned needs secure: true; browsers refuse it otherwise");
  }
  return checked;
}

function askedByName(name: string): CookieAttrs {
  const secure = startsWith(name, "__secure-") || startsWith(name, "__host-") || startsWith(name, "__http-");
  const httpOnly = startsWith(name, "__http-") || startsWith(name, "__host-http-");
  return {
    ...(secure && { secure }),
    ...(httpOnly && { httpOnly }),
    ...(startsWith(name, "__host-") && { path: "/" }),
  };
}

/** Whether a name begins with a prefix, in any case: browsers too compare prefixes without regard to case. */
function startsWith(name: string, prefix: string): boolean {
  return name.slice(0, prefix.length).toLowerCase() === prefix;
}

function isDomain(text: string): boolean {
  const labels = (text.startsWith(".") ? text.slice(1) : text).split(".");
  return text.length <= 255 && labels.every(isLabel);
}

function isLabel(label: string): boolean {
  return (
    label.length > 0 &&
    label.length < 64 &&
    !label.startsWith("-") &&
    !label.endsWith("-") &&
    [...label].every(isLetterDigitHyphen)
  );
}

function isLetterDigitHyphen(character: string): boolean {
  return (
    (character >= "a" && character <= "z") ||
    (character >= "A" && character <= "Z") ||
    (character >= "0" && character <= "9") ||
    character === "-"
  );
}

function isPath(text: string): boolean {
  if (!text.startsWith("/") || text.length > LONGEST_ATTRIBUTE) return false;
  return [...text].every((character) => character >= " " && character <= "~" && character !== ";" && character !== "<");
}

function isMaxAge(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_MAX_AGE;
}

function isCookieDate(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1601 && year <= 9999;
}
