import { formEncode } from "../../src/http/form-encoding.ts";
import { maskedToken } from "../../src/anti-forgery/masked-token.ts";

/** Numbers for the random keys of a scenario and the secrets of its tokens, in order of appearance. */
export interface Keys {
  /** Notes a key that a store has made. */
  readonly note: (key: string) => void;
  /** Notes the anti-forgery secret of a session, whose tokens are different texts. */
  readonly noteSecret: (secret: unknown) => void;
  /** Replaces `{{key:1}}` by the first key, encoded for a cookie, and `{{token:1}}` by a token of the first secret. */
  readonly insert: <T>(data: T) => T;
  /** Replaces the first key by `<key:1>`, and the first secret by `<token:1>`. */
  readonly mask: <T>(data: T) => T;
}

/** Makes numbers for one scenario. */
export function numberKeys(): Keys {
  const known: Record<Kind, string[]> = { key: [], token: [] };
  const note = (kind: Kind, text: string): void => {
    if (!known[kind].includes(text)) known[kind].push(text);
  };
  const written = (_: string, kind: Kind, number: string): string => {
    const text = known[kind][Number(number) - 1];
    if (text === undefined) return `never-given-${number}`;
    return kind === "token" ? maskedToken(text) : formEncode(text);
  };
  const masked = (text: string, kind: Kind): string =>
    known[kind].reduce((rest, each, index) => {
      const name = `<${kind}:${index + 1}>`;
      return rest.replaceAll(formEncode(each), name).replaceAll(each, name);
    }, text);
  return {
    note: (key) => note("key", key),
    noteSecret: (secret) => void (typeof secret === "string" && note("token", secret)),
    insert: (data) => mapText(data, (text) => text.replaceAll(/\{\{(key|token):(\d+)\}\}/g, written)),
    mask: (data) => mapText(data, (text) => masked(masked(text, "key"), "token")),
  };
}

type Kind = "key" | "token";

function mapText<T>(data: T, change: (text: string) => string): T {
  const changed = (_: string, value: unknown): unknown => (typeof value === "string" ? change(value) : value);
  return JSON.parse(JSON.stringify(data), changed) as T;
}
