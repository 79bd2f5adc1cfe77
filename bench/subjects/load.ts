/**
 * Peers are packages of bench/, not of the repository: they are imported by a name that the compiler does not follow,
 * and typed by what is used of them.
 */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

/** The same for a module whose default export is wanted. */
export async function loadDefault<T>(name: string): Promise<T> {
  const module = await load<{ readonly default: T }>(name);
  return module.default;
}
