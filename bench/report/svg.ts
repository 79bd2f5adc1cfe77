/** Charts as SVG: readable on light and on dark. */
import type { Spread } from "../harness/statistics.ts";
import { short } from "./numbers.ts";

/** A row of a dot plot. */
export interface Dot {
  readonly label: string;
  readonly spread: Spread;
  readonly tone: Tone;
}

/** A line of a plot: points from left to right. */
export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly tone: Tone;
}

export type Tone = "own" | "peer" | "floor";

const WIDTH = 760;
const ROW = 22;
const TOP = 48;
const LEFT = 210;
const RIGHT = 90;
const PLOT = { height: 260, left: 64, right: 150, bottom: 44 };

const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.muted{fill:#57606a;font-size:12px}
.back{fill:#fff}.grid{stroke:#d0d7de;stroke-width:1}.own{fill:#0969da;stroke:#0969da}.peer{fill:#6e7781;stroke:#6e7781}.floor{fill:#1a7f37;stroke:#1a7f37}
.line{fill:none;stroke-width:2}.range{stroke-width:3;opacity:.45}text.own,text.peer,text.floor{stroke:none}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.muted{fill:#8d96a0}.back{fill:#0d1117}.grid{stroke:#30363d}.own{fill:#4493f8;stroke:#4493f8}.peer{fill:#9198a1;stroke:#9198a1}.floor{fill:#3fb950;stroke:#3fb950}}`;

/** Draws medians as dots, with quartiles as bars behind them. `scale` is that of the horizontal axis. */
export function dotPlot(title: string, unit: string, dots: readonly Dot[], scale: "log" | "linear"): string {
  const values = dots.flatMap(({ spread: { low, median, high } }) => [low, median, high]);
  const axis = axisOf(values, scale, LEFT, WIDTH - RIGHT);
  const height = TOP + dots.length * ROW + 34;
  const grid = axis.ticks.map((tick) => {
    const x = axis.place(tick);
    return `${lineMark("grid", x, TOP - 8, x, height - 30)}${text(x, height - 14, short(tick), "muted", "middle")}`;
  });
  const rows = dots.map(({ label, spread, tone }, index) => {
    const y = TOP + index * ROW + 8;
    const [low, middle, high] = [spread.low, spread.median, spread.high].map(axis.place) as [number, number, number];
    return [
      text(LEFT - 12, y + 4, label, tone, "end"),
      lineMark(`range ${tone}`, low, y, high, y),
      `<circle class="${tone}" cx="${round(middle)}" cy="${y}" r="5"/>`,
      text(Math.max(high, middle) + 10, y + 4, short(spread.median), "muted", "start"),
    ].join("");
  });
  return svg(height, title, unit, [...grid, ...rows]);
}

/** Draws lines on two logarithmic axes. */
export function linePlot(title: string, unit: string, lines: readonly Line[], across: string): string {
  const height = TOP + PLOT.height + PLOT.bottom;
  const points = lines.flatMap((each) => each.points);
  const x = axisOf(
    points.map(([value]) => value),
    "log",
    PLOT.left,
    WIDTH - PLOT.right,
  );
  const y = axisOf(
    points.map(([, value]) => value),
    "log",
    TOP + PLOT.height,
    TOP,
  );
  const grid = [
    ...x.ticks.map((tick) => text(x.place(tick), height - 24, short(tick), "muted", "middle")),
    ...y.ticks.map((tick) => {
      const at = y.place(tick);
      return `${lineMark("grid", PLOT.left, at, WIDTH - PLOT.right, at)}${text(PLOT.left - 8, at + 4, short(tick), "muted", "end")}`;
    }),
    text((PLOT.left + WIDTH - PLOT.right) / 2, height - 6, across, "muted", "middle"),
  ];
  const drawn = lines.map(({ label, points: own, tone }) => {
    const path = own.map(([a, b], index) => `${index === 0 ? "M" : "L"}${round(x.place(a))} ${round(y.place(b))}`);
    const dots = own.map(
      ([a, b]) => `<circle class="${tone}" cx="${round(x.place(a))}" cy="${round(y.place(b))}" r="3.5"/>`,
    );
    const [endX, endY] = own.at(-1) ?? [1, 1];
    const name = text(x.place(endX) + 10, y.place(endY) + 4, label, tone, "start");
    return `<path class="line ${tone}" style="fill:none" d="${path.join("")}"/>${dots.join("")}${name}`;
  });
  return svg(height, title, unit, [...grid, ...drawn]);
}

interface Axis {
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * An axis from the smallest to the largest value, with round numbers on it. A value that is not positive has no
 * logarithm: it lies at the edge.
 */
function axisOf(values: readonly number[], scale: "log" | "linear", from: number, to: number): Axis {
  const most = Math.max(...values);
  if (scale === "linear") {
    const step = 10 ** Math.floor(Math.log10(most)) / 2;
    const ticks = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
    return { place: (value) => from + (Math.max(0, value) / most) * (to - from), ticks };
  }
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const place = (value: number): number =>
    from + ((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)) * (to - from);
  return { place, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
}

function svg(height: number, title: string, unit: string, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`;
  const heading = `${text(16, 22, title, "title", "start")}${text(16, 39, unit, "muted", "start")}`;
  const back = `<rect class="back" width="${WIDTH}" height="${height}"/>`;
  return `${head}<title>${escaped(title)}</title><style>${STYLE}</style>${back}${heading}\n${parts.join("\n")}\n</svg>\n`;
}

function text(x: number, y: number, content: string, kind: string, anchor: string): string {
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function lineMark(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
