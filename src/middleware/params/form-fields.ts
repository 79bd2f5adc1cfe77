import { RequestError } from "../../errors.ts";
import { unescapeInPlace } from "../../http/form-encoding.ts";
import { type Fields, gathered } from "./records.ts";
import type { Decoder } from "./request-body.ts";

const AMPERSAND = 0x26;
const EQUALS = 0x3d;

/**
 * Reads the fields of a form or a query, by name: `a=1&a=2&b` is `{ a: ["1", "2"], b: "" }`. They are read as by
 * `URLSearchParams`, but in any charset: a `%` that starts no code stays as it is. The bytes are overwritten.
 *
 * @throws RequestError 413 for more than `maxFields` fields
 */
export function formFields(bytes: Buffer, decoder: Decoder, maxFields: number): Fields<string> {
  return gathered(pairsOf(bytes, decoder, maxFields));
}

function* pairsOf(
  bytes: Buffer,
  decoder: Decoder,
  maxFields: number,
): Generator<readonly [name: string, value: string]> {
  let count = 0;
  for (let start = 0; start < bytes.length;) {
    const ampersand = bytes.indexOf(AMPERSAND, start);
    const end = ampersand === -1 ? bytes.length : ampersand;
    if (end > start) yield pairOf(bytes.subarray(start, end), decoder, ++count, maxFields);
    start = end + 1;
  }
}

function pairOf(pair: Buffer, decoder: Decoder, count: number, maxFields: number): readonly [string, string] {
  if (count > maxFields) throw new RequestError(413, `There may be ${maxFields} fields at most.`);
  const equals = pair.indexOf(EQUALS);
  const nameEnd = equals === -1 ? pair.length : equals;
  return [decodedText(pair.subarray(0, nameEnd), decoder), decodedText(pair.subarray(nameEnd + 1), decoder)];
}

function decodedText(coded: Buffer, decoder: Decoder): string {
  return decoder.decode(coded.subarray(0, unescapeInPlace(coded, true)));
}
