/** The random keys of one scenario, numbered as they first appear. */
export interface Keys {
  /** A store gave out this key. */
  readonly note: (key: string) => void;
  /** Puts the keys in: `{{key:1}}` becomes the first key. */
  readonly insert: <T>(data: T) => T;
  /** Takes the keys out: the first key becomes `<key:1>`. */
  readonly mask: <T>(data: T) => T;
}

/** Starts to count. */
export function numberKeys(): Keys {
  const known: string[] = [];
  const keyNumbered = (_: string, number: string): string => known[Number(number) - 1] ?? `never-given-${number}`;
  const masked = (text: string, key: string, index: number): string => text.replaceAll(key, `<key:${index + 1}>`);
  return {
    note: (key) => {
      if (!known.includes(key)) known.push(key);
    },
    insert: (data) => mapText(data, (text) => text.replaceAll(/\{\{key:(\d+)\}\}/g, keyNumbered)),
    mask: (data) => mapText(data, (text) => known.reduce(masked, text)),
  };
}

function mapText<T>(data: T, change: (text: string) => string): T {
  const changed = (_: string, value: unknown): unknown => (typeof value === "string" ? change(value) : value);
  return JSON.parse(JSON.stringify(data), changed) as T;
}
