import { formEncode } from "../../src/http/form-encoding.ts";
import { maskedToken } from "../../src/anti-forgery/masked-token.ts";

/** The random keys of one scenario, and the secrets of its anti-forgery tokens, numbered as they first appear. */
export interface Keys {
  /** A store gave out this key. */
  readonly note: (key: string) => void;
  /** A session has this secret: its tokens are other texts each time. */
  readonly noteSecret: (secret: unknown) => void;
  /** Puts them in: `{{key:1}}` becomes the first key as it stands in a cookie, `{{token:1}}` a token of the first secret. */
  readonly insert: <T>(data: T) => T;
  /** Takes them out: the first key becomes `<key:1>`, the first secret `<token:1>`. */
  readonly mask: <T>(data: T) => T;
}

/** Starts to count. */
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
