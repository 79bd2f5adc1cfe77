import { html, type Html } from "../../html.ts";
import type { Exchange } from "./exchange.ts";
import { linesOf, type Line, type Part } from "./lines.ts";

/** HTML of the exchanges that led to a page, for the panel beside it. */
export function panelHtml(exchanges: readonly Exchange[]): Html {
  const traces = exchanges.map((exchange) => ({ exchange, lines: linesOf(exchange) }));
  const keys = keysIn(traces.flatMap(({ lines }) => lines));
  return html`<aside class="panel" aria-labelledby="panel-title">
    <header>
      <h2 id="panel-title">What just happened</h2>
      <a href="/panel.json">as JSON</a>
    </header>
    ${traces.map(({ exchange, lines }) => exchangeHtml(exchange, lines, keys))}
    <p class="hint">A key is shown as the short hash that events carry; one colour is one key.</p>
  </aside>`;
}

/** Text of the same exchanges for a terminal. */
export function panelText(exchanges: readonly Exchange[]): string {
  return exchanges.map((exchange) => `${title(exchange)}\n${linesOf(exchange).map(textLine).join("\n")}\n`).join("\n");
}

function exchangeHtml({ method, target, status, location }: Exchange, lines: readonly Line[], keys: Keys): Html {
  return html`<section class="exchange">
    <h3><span class="method">${method}</span> ${target} <span class="status">${status}</span></h3>
    <ol>
      ${lines.map((line) => lineHtml(line, keys))}
    </ol>
    ${location === undefined ? "" : html`<p class="redirect">redirected to <code>${location}</code></p>`}
  </section>`;
}

function lineHtml({ label, parts, milliseconds }: Line, keys: Keys): Html {
  const time = milliseconds === undefined ? "" : html` <small>${duration(milliseconds)}</small>`;
  const content = parts.map((part) => partHtml(part, keys));
  return html`<li class="${label}"><span class="label">${label}${time}</span> <code>${content}</code></li> `;
}

function partHtml(part: Part, keys: Keys): Html {
  if (typeof part === "string") return html`${part}`;
  if ("data" in part) return html`<span class="data">${part.data}</span>`;
  return html`<span class="hash hash-${keys.indexOf(part.key) % 8}">${part.key}</span>`;
}

/** Keys in the order in which they appear. Each of them gets the next of eight colours. */
type Keys = readonly string[];

function keysIn(lines: readonly Line[]): Keys {
  const keys = lines.flatMap(({ parts }) =>
    parts.flatMap((part) => (typeof part === "object" && "key" in part ? [part.key] : [])),
  );
  return [...new Set(keys)];
}

function textLine({ label, parts, milliseconds }: Line): string {
  const text = parts.map(partText).join("").trimEnd();
  return `  ${label.padEnd(11)} ${text}${milliseconds === undefined ? "" : `  (${duration(milliseconds)})`}`;
}

function partText(part: Part): string {
  if (typeof part === "string") return part;
  return "data" in part ? part.data : `#${part.key}`;
}

function title({ method, target, status, location }: Exchange): string {
  return `${method} ${target} → ${status}${location === undefined ? "" : ` ${location}`}`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : `${milliseconds.toFixed(1)} ms`;
}
