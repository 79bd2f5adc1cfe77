import { inspect } from "node:util";

import type { EventStep, Exchange, ShownCookie, Step, StoreStep } from "./exchange.ts";

/** A piece of a line: text, the short hash of a key, or data that is best kept on one line. */
export type Part = string | { readonly key: string } | { readonly data: string };

/** A line of the panel. */
export interface Line {
  readonly label: "cookie" | "key" | "request" | "store" | "event" | "response" | "set-cookie";
  readonly parts: readonly Part[];
  /** The duration of the step. */
  readonly milliseconds?: number;
}

/** The lines of an exchange, from the Cookie header to Set-Cookie. */
export function linesOf(exchange: Exchange): readonly Line[] {
  const { cookies, setCookies, steps } = exchange;
  return [
    ...(cookies.length > 0 ? cookies : [undefined]).map((cookie) => cookieLine("cookie", cookie)),
    keyLine(exchange),
    ...steps.map(stepLine),
    ...(setCookies.length > 0 ? setCookies : [undefined]).map((cookie) => cookieLine("set-cookie", cookie)),
  ];
}

function cookieLine(label: "cookie" | "set-cookie", cookie: ShownCookie | undefined): Line {
  if (cookie === undefined) return { label, parts: ["none"] };
  const value = "key" in cookie ? { key: cookie.key } : cookie.value;
  const attributes = cookie.attributes ? `; ${cookie.attributes}` : "";
  return { label, parts: [`${cookie.name}=`, value, attributes] };
}

function keyLine({ cookies, steps }: Exchange): Line {
  const sent = cookies.find((cookie) => "key" in cookie);
  if (sent === undefined) return { label: "key", parts: ["none, so the store is not asked"] };
  const known = steps.some((step) => step.step === "request" && step.key !== undefined);
  return { label: "key", parts: [{ key: sent.key }, known ? " known to the store" : " unknown to the store"] };
}

function stepLine(step: Step): Line {
  if (step.step === "request") return { label: "request", parts: entries(step.got) };
  if (step.step === "response") return { label: "response", parts: entries(step.said) };
  if (step.step === "event") return { label: "event", parts: eventParts(step) };
  return { label: "store", parts: storeParts(step), milliseconds: step.milliseconds };
}

function eventParts({ type, key, previous }: EventStep): readonly Part[] {
  const from: readonly Part[] = previous === undefined ? [] : [{ key: previous }, " →\u00a0"];
  return key === undefined ? [type] : [`${type} `, ...from, { key }];
}

function storeParts({ call, key, session, answer }: StoreStep): readonly Part[] {
  const first: Part = key === undefined ? "undefined" : { key };
  const second: readonly Part[] = session === undefined ? [")"] : [", ", { data: `${data(session)})` }];
  return [`${call}(`, first, ...second, " ", ...answerParts(answer)];
}

function answerParts(answer: StoreStep["answer"]): readonly Part[] {
  if (answer === null) return [{ data: "→ undefined" }];
  return "key" in answer ? ["→\u00a0", answer] : [{ data: `→ ${data(answer.session)}` }];
}

/** The entries of a map, without undefined ones. A session that is a text is the source of a function. */
function entries(map: Readonly<Record<string, unknown>>): readonly Part[] {
  const there = Object.entries(map).filter(([, value]) => value !== undefined);
  if (there.length === 0) return ["nothing of the session"];
  return there.flatMap(([name, value], index) => {
    const isFunction = name === "session" && typeof value === "string";
    const comma = index === there.length - 1 ? "" : ",";
    return [{ data: `${name}: ${isFunction ? value : data(value)}${comma}` }, " "];
  });
}

function data(value: unknown): string {
  return inspect(value, { breakLength: Infinity, depth: 4 });
}
