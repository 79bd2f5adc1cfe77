/** Why tests in a browser are skipped; false where there is one. */
export const withoutBrowser: string | false =
  (process.env["CHROME_BIN"] ?? "") === "" && "CHROME_BIN does not say where Chromium is";

/** What Chromium is started with: it calls nobody but the server under test. */
export const browserArguments: string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
