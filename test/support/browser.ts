/** Why tests in a browser are skipped. False if there is a browser. */
export const withoutBrowser: string | false =
  (process.env["CHROME_BIN"] ?? "") === "" && "CHROME_BIN does not say where Chromium is";

/** The arguments of Chromium, which then connects only to the server under test. */
export const browserArguments: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
