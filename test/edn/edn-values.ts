import fc from "fast-check";

import { type Edn, printEdn, readEdn } from "../../src/edn/edn.ts";
import { isKeywordName, isSymbolName, isTagSymbol } from "../../src/edn/name.ts";
import { isWellFormed } from "../../src/edn/text.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const keyword = fc
  .oneof(
    name,
    fc.tuple(name, name).map((parts) => parts.join("/")),
  )
  .filter(isKeywordName);
const symbol = fc.oneof(name, fc.constantFrom("+", "/", "a/b", "->x", "ns//")).filter(isSymbolName);
const tag = symbol.map((rest) => `t${rest}`).filter(isTagSymbol);
const text = fc.string({ unit: "binary" });
const double = fc.double({ noNaN: true });
const big = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n });
/** Instants, except in 1582, of whose calendar Java leaves ten days out. */
const instant = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
  .filter((date) => date.getUTCFullYear() !== 1582);

const edn = fc.letrec<{ value: Edn; map: Edn }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom<Edn>(null, true, false),
    fc.maxSafeInteger().map((number) => number + 0),
    double.map((number): Edn =>
      Number.isSafeInteger(number) && !Object.is(number, -0) ? { $double: number } : number,
    ),
    text,
    keyword.map(($keyword) => ({ $keyword })),
    symbol.map(($symbol) => ({ $symbol })),
    fc
      .string({ unit: "binary", minLength: 1, maxLength: 1 })
      .filter((one) => one.length === 1)
      .map(($char) => ({ $char })),
    instant.map((date) => ({ $inst: date.toISOString() })),
    fc.uuid().map(($uuid) => ({ $uuid })),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }).map((long) => ({ $long: String(long) })),
    big.map((number) => ({ $bigint: String(number) })),
    fc.tuple(fc.integer(), fc.nat()).map(([whole, fraction]) => ({ $decimal: `${whole}.${fraction}` })),
    fc.tuple(fc.integer(), fc.integer({ min: 1 })).map((parts) => readEdn(parts.join("/")) ?? null),
    fc.array(tie("value")),
    fc.array(tie("value")).map(($list) => ({ $list })),
    fc
      .array(keyword.map(($keyword) => ({ $keyword })))
      .map((items) => readEdn(`#{${[...new Set(items.map(printEdn))].join(" ")}}`) ?? null),
    fc.tuple(tag, tie("value")).map(($tagged) => ({ $tagged })),
    tie("map"),
  ),
  map: fc.dictionary(
    fc.oneof(
      keyword.filter((key) => !key.startsWith("$")),
      text.map(printEdn),
    ),
    tie("value"),
    { noNullPrototype: true },
  ),
}));

/** All kinds of values that can be read. */
export const ednValues: fc.Arbitrary<Edn> = edn.value;

const pieces = fc.constantFrom(
  ..."( ) [ ] { } #{ #_ # ^ ; ## #: #inst #uuid #a/b a/b a: :b 'c %d nil true 1 -1.5M 2/3 5N 0x1f 012 09 36rz 1e5 - + . @ ~ ` _ , é \n".split(
    " ",
  ),
  ...'\\ " : " \\u00e9 \\o17 \\newline \\a "2020-02-30" "2020-01-01T01:02:03.5+01:30" ##Inf ##NaN #:n{:a #^:m'.split(
    " ",
  ),
  " ",
);

/** Texts that look like EDN to people, and some that are EDN. */
export const ednTexts: fc.Arbitrary<string> = fc.oneof(
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
  fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(" ")),
  ednValues
    .map(printEdn)
    .chain((text) => fc.nat(text.length).map((at) => text.slice(0, at) + text.slice(at + 1)))
    .filter(isWellFormed),
);
