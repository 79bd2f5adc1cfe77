/**
 * Part of the memory store's table: memory for its texts, in pages. Space is taken at the end of the current page, and
 * given back anywhere.
 *
 * ```
 * page   │ text │ dead │ text │ text │ dead │ text │ headroom     │      live: the bytes of its texts
 *        0                                         used           length
 * ```
 *
 * A page without live bytes is dropped. Other bytes lie idle: dead ones, and the headroom of pages that are no longer
 * written to. Their number is bounded. Once it exceeds half of the live bytes, `emptiest` names a page, and texts.ts
 * moves its texts out.
 *
 * @module
 */

import { Buffer } from "node:buffer";

/** 1 MiB: a million small texts are some hundred pages, which is nothing to the garbage collector. */
const LARGEST_PAGE = 1024 * 1024;

/** A table of ten sessions has one page of this size. */
const SMALLEST_PAGE = 16 * 1024;

/** Between the two, a page is this part of all live bytes, so that a page that is hardly filled never weighs much. */
const PAGE_SHARE = 8;

/** A text over this part of a page gets a page of its own. It wastes no headroom and is never moved. */
const LARGE_SHARE = 16;

/** How many idle bytes are allowed, as a share of the live ones. */
const IDLE_SHARE = 0.5;

/** A block of memory. */
export interface Page {
  readonly id: number;
  readonly bytes: Buffer;
  /** Where its headroom begins. */
  used: number;
  /** Bytes that were taken and not given back. */
  live: number;
}

/** All pages of a table. */
export interface Pages {
  /** The bytes of all pages, live or idle. */
  readonly capacity: number;
  /** Returns the page of an id. */
  get(id: number): Page;
  /** Takes space: the last `size` of the used bytes of the page that it returns. */
  take(size: number): Page;
  /** Gives back `size` bytes of a page. A page without live bytes is dropped. */
  give(page: Page, size: number): void;
  /** Returns the page with the smallest live share while too many bytes lie idle; otherwise undefined. */
  emptiest(): Page | undefined;
}

/** Makes a set of pages, which allocates nothing yet. */
export function createPages(): Pages {
  const pages: (Page | undefined)[] = [];
  const freeIds: number[] = [];
  let current: Page | undefined;
  let capacity = 0;
  let live = 0;

  function get(id: number): Page {
    const page = pages[id];
    if (page === undefined) throw new RangeError(`no page ${id}: there are ${pages.length - freeIds.length}`);
    return page;
  }

  function take(size: number): Page {
    const page = pageFor(size);
    page.used += size;
    page.live += size;
    live += size;
    return page;
  }

  function pageFor(size: number): Page {
    if (size > pageSize() / LARGE_SHARE) return open(size);
    if (current === undefined || current.used + size > current.bytes.length) current = open(pageSize());
    return current;
  }

  function pageSize(): number {
    return Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, Math.floor(live / PAGE_SHARE)));
  }

  function open(size: number): Page {
    // Slow is the one that is not a slice of Node's shared pool, which would outlive the page.
    const bytes = Buffer.allocUnsafeSlow(size);
    const page = { id: freeIds.pop() ?? pages.length, bytes, used: 0, live: 0 };
    pages[page.id] = page;
    capacity += size;
    return page;
  }

  function give(page: Page, size: number): void {
    page.live -= size;
    live -= size;
    if (page.live === 0) clear(page);
    if (current !== undefined && current.bytes.length > 2 * pageSize()) retire(current);
  }

  /**
   * Drops a page; but the current one starts again, so that the only session of a table needs no new page each time.
   */
  function clear(page: Page): void {
    if (page === current) page.used = 0;
    else drop(page);
  }

  /** Stops writing to a page that has become too large for its table. */
  function retire(page: Page): void {
    current = undefined;
    if (page.live === 0) drop(page);
  }

  function drop(page: Page): void {
    pages[page.id] = undefined;
    freeIds.push(page.id);
    capacity -= page.bytes.length;
  }

  function emptiest(): Page | undefined {
    const written = current === undefined ? 0 : current.bytes.length - current.live;
    const idle = capacity - live - written;
    if (idle <= live * IDLE_SHARE + pageSize()) return undefined;
    return pages.reduce((best, page) => (page !== current && share(page) < share(best) ? page : best), undefined);
  }

  return {
    get capacity() {
      return capacity;
    },
    get,
    take,
    give,
    emptiest,
  };
}

/** Returns how much of a page is live. */
function share(page: Page | undefined): number {
  return page === undefined ? 1 : page.live / page.bytes.length;
}
