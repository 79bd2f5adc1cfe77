/**
 * Imports a peer. Peers are packages of bench/, not of the repository, so the compiler cannot follow their names. The
 * caller gives the type: the parts of the module that it uses.
 */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

/** Imports the default export of a peer. */
export async function loadDefault<T>(name: string): Promise<T> {
  const module = await load<{ readonly default: T }>(name);
  return module.default;
}
