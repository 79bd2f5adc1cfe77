const known = new WeakSet<object>();

/**
 * Notes that a store's functions answer at once, never with a promise: its calls have nothing to wait for, and are
 * spared the signal of a deadline. Noted beside the store, so that a store built from its functions is not meant.
 */
export function synchronous<Store extends object>(store: Store): Store {
  known.add(store);
  return store;
}

/** Whether a store has been noted as one that answers at once. */
export function isSynchronous(store: object): boolean {
  return known.has(store);
}
