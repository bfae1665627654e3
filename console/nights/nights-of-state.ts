import { type Night, nightsOf, STRIP_DAYS } from './nights.ts';
import type { NightsState } from './nights-reader.ts';

const computed = new WeakMap<NightsState, readonly Night[]>();

/** The days of what has been read, computed once; undefined while there is nothing to compute from. */
export function nightsOfState(state: NightsState, createTime: string | null | undefined): readonly Night[] | undefined {
  if (state.state !== 'read') return undefined;
  const known = computed.get(state);
  if (known !== undefined) return known;
  const { backups, complete, readAt } = state;
  const nights = nightsOf(backups, { now: readAt, days: STRIP_DAYS, createTime, complete });
  computed.set(state, nights);
  return nights;
}
