const known = new WeakSet<object>();

/**
 * Marks a store as synchronous: its functions never return a promise. Calls of such a store need no deadline and get no
 * signal. The mark is kept beside the store, so that another store built from its functions does not inherit it.
 */
export function synchronous<Store extends object>(store: Store): Store {
  known.add(store);
  return store;
}

/** Whether a store has been marked as synchronous. */
export function isSynchronous(store: object): boolean {
  return known.has(store);
}
