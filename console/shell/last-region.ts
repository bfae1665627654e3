const KEY = 'kvstore-gateway.region';
/** Where most accounts begin. */
const USUAL_REGION = 'cn-hangzhou';

/** Remembers the region for the next visit. */
export function rememberRegion(regionId: string): void {
  window.localStorage.setItem(KEY, regionId);
}

/** Where to begin: the region of the last visit, if the account has it. */
export function firstRegion(regionIds: readonly string[]): string | undefined {
  const last = window.localStorage.getItem(KEY);
  return [last, USUAL_REGION].find((regionId) => regionId !== null && regionIds.includes(regionId)) ?? regionIds[0];
}
