/**
 * How old the oldest part of an answer is that the gateway took from a copy because the upstream did not answer, in
 * seconds; undefined for an answer that is right as of now.
 */
export function stalenessOf(extensions: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const stale = extensions?.stale;
  if (!Array.isArray(stale)) return undefined;
  const ages = stale.map((entry: { ageSeconds?: unknown }) => Number(entry?.ageSeconds)).filter(Number.isFinite);
  return ages.length === 0 ? undefined : Math.max(...ages);
}
