/** As graphql-js tells promises from other values. */
export function isPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return typeof (value as Promise<unknown> | null)?.then === 'function';
}

/** The object itself, once every promise in it is replaced by its value. */
export async function settled(object: Record<string, unknown>): Promise<Record<string, unknown>> {
  const values = await Promise.all(Object.values(object));
  for (const [index, key] of Object.keys(object).entries()) object[key] = values[index];
  return object;
}
