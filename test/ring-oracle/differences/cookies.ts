import { type Difference, inScenarios, refuse, seesCookies, setsCookies } from "../expectations.ts";

/** Differences in other cookies than the session's. */
export const cookieDifferences: readonly Difference[] = [
  {
    what: "Where a cookie's name and value end",
    ring: "A name is the token before `=`; a value ends at a space, a comma or whatever else is no cookie-octet.",
    ours: "A name runs to the `=`, a value to the `;`, with the white space round them left out.",
    why: "Browsers keep a value up to the `;` and send all of it; half a value is worse than none.",
    decidedIn: "src/cookies/cookies.ts",
    rules: [
      seesCookies({
        "cookies-request/quoted-with-space": { a: "b c", d: "e" },
        "cookies-request/value-with-space": { a: "b c", d: "e" },
        "cookies-request/value-with-backslash": { a: "b\\c", d: "e" },
        "cookies-request/raw-unicode": { a: "é", b: "1" },
        "cookies-request/control-char": { a: "x\u0001y", b: "1" },
        "cookies-request/tab": { a: "b\tc=d" },
        "cookies-request/newline": { a: "b\nc=d" },
        "cookies-request/name-with-slash": { "foo/bar": "x" },
        "cookies-request/name-with-brackets": { "foo[bar]": "x", y: "1" },
        "cookies-request/name-with-space": { "foo bar": "x" },
      }),
    ],
  },
  {
    what: "Two cookies of one name",
    ring: "The last counts.",
    ours: "The first that can be decoded counts.",
    why: "Browsers send the one with the longest path first.",
    decidedIn: "src/cookies/cookies.ts",
    rules: [seesCookies({ "cookies-request/duplicate": { a: "1" } })],
  },
  {
    what: "The value of a cookie",
    ring: "Anything; numbers, vectors, sets and maps are made text.",
    ours: "Text; anything else is refused by name.",
    why: "It comes back as text, and no list comes back as a list.",
    decidedIn: "src/cookies/cookies.ts",
    rules: [
      inScenarios(
        [
          "cookies-response/number",
          "cookies-response/vector-value",
          "cookies-response/set-value",
          "cookies-response/map-in-value",
        ],
        refuse,
      ),
    ],
  },
  {
    what: "Keywords",
    ring: 'A keyword and a string are two things: only keywords name attributes and values of `:same-site`, and `:a` and `"a"` are two cookies.',
    ours: "All names are text.",
    why: "JavaScript has no keywords.",
    decidedIn: "src/types.ts",
    rules: [
      setsCookies({
        "cookies-response/attr-name-string": ["a=b; Path=/"],
        "cookies-response/same-site-string": ["a=b; SameSite=Strict"],
        "cookies-response/same-name-twice": ["a=2"],
      }),
    ],
  },
  {
    what: "Header names",
    ring: "`Set-Cookie`, matched by case: a `set-cookie` is another header.",
    ours: "Lower case; a `Set-Cookie` that is there already is found in any case.",
    why: "HTTP has no case in header names; Ring's own requests are lower-case too.",
    decidedIn: "src/http/headers.ts",
    rules: [setsCookies({ "cookies-response/existing-lower-case": ["a=b", "c=d"] })],
  },
  {
    what: "Octets that are written",
    ring: "Only `;` in an attribute is refused.",
    ours: "Every octet of name, value and attributes is checked: no line break, no control character, no `;`.",
    why: "After a line break, the rest of a value is a header of its own.",
    decidedIn: "src/cookies/set-cookie.ts",
    rules: [
      inScenarios(
        ["cookies-response/path-crlf", "cookies-response/empty-name", "cookies-response/encoder-raw"],
        refuse,
      ),
    ],
  },
  {
    what: "Values of attributes",
    ring: "Most take nil, `false` and text; nil as `:secure` writes `Secure=`.",
    ours: "The type that the attribute has, or `undefined`. `maxAge` is at most 400 days.",
    why: "`Secure=` is Secure to a browser, and what is longer than 400 days is cut.",
    decidedIn: "src/cookies/attributes.ts",
    rules: [
      inScenarios(
        [
          "cookies-response/path-false",
          "cookies-response/secure-nil",
          "cookies-response/secure-text",
          "cookies-response/http-only-nil",
          "cookies-response/max-age-big",
        ],
        refuse,
      ),
    ],
  },
  {
    what: "`:expires`",
    ring: "Any text, or a `ZonedDateTime`; a `java.util.Date` is refused.",
    ours: "A `Date`.",
    why: "Text that is no date makes a cookie that ends with the browser, and says so to nobody.",
    decidedIn: "src/cookies/attributes.ts",
    rules: [
      inScenarios(["cookies-response/expires-string", "cookies-response/attr-order"], refuse),
      setsCookies({ "cookies-response/expires-inst": ["a=b; Expires=Thu, 31 Dec 2015 00:00:00 GMT"] }),
    ],
  },
  {
    what: "`SameSite=None` and `Partitioned`",
    ring: "Written as they are.",
    ours: "Refused without `secure: true`.",
    why: "Browsers drop such a cookie in silence.",
    decidedIn: "src/cookies/attributes.ts",
    rules: [
      inScenarios(
        [
          "cookies-response/same-site-none",
          "cookies-response/same-site-none-without-secure",
          "cookies-response/partitioned",
        ],
        refuse,
      ),
    ],
  },
];
