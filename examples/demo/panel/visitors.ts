import { randomUUID } from "node:crypto";

import type { Exchange } from "./exchange.ts";

/** A visitor, with the last exchanges. */
export interface Visitor {
  readonly id: string;
  readonly exchanges: readonly Exchange[];
  readonly keep: (exchange: Exchange) => void;
}

/** The visitors of the panel, by an id of their own: not the session key. */
export interface Visitors {
  /** Finds a visitor by id. An unknown id never makes a new visitor. */
  readonly find: (id: string | undefined) => Visitor | undefined;
  readonly create: () => Visitor;
}

const mostVisitors = 500;
const mostExchanges = 8;

/** Remembers the last few visitors, and the last few exchanges of each. */
export function createVisitors(): Visitors {
  const visitors = new Map<string, Visitor>();

  /** Keeps the map in the order of use, so that the visitor who was away for longest is dropped first. */
  const use = (visitor: Visitor): Visitor => {
    visitors.delete(visitor.id);
    visitors.set(visitor.id, visitor);
    const [oldest] = visitors.keys();
    if (visitors.size > mostVisitors && oldest !== undefined) visitors.delete(oldest);
    return visitor;
  };

  return {
    find(id = "") {
      const visitor = visitors.get(id);
      return visitor && use(visitor);
    },
    create: () => use(createVisitor()),
  };
}

function createVisitor(): Visitor {
  const exchanges: Exchange[] = [];
  return {
    id: randomUUID(),
    exchanges,
    keep(exchange) {
      exchanges.push(exchange);
      if (exchanges.length > mostExchanges) exchanges.shift();
    },
  };
}
