import { useEffect, useState } from 'react';
import type { InstanceList } from '../instances/instance-list.ts';
import type { NightOutcome } from './nights.ts';
import { nightsOfState } from './nights-of-state.ts';
import type { NightsReader } from './nights-reader.ts';
import { NightSign } from './nights-strip.tsx';

const SHOWN = [
  ['ok', 'days ok'],
  ['failed', 'failed'],
  ['missing', 'missing'],
  ['running', 'running'],
] as const satisfies readonly [NightOutcome, string][];

/** What the signs mean, and how many days of each there are in the rows that were looked at. */
export function NightsLegend({ nights, list }: { nights: NightsReader; list: InstanceList }) {
  const counts = useCounts(nights, list);
  return (
    <ul className="legend" aria-label="Days of the rows seen so far">
      <li className="legend-scope" aria-hidden="true">
        Rows seen so far:
      </li>
      {SHOWN.map(([outcome, word]) => (
        <li key={outcome} className={counts[outcome] > 0 ? `legend-${outcome}` : undefined}>
          <svg className="strip" width="6" height="16" viewBox="0 0 8 22" aria-hidden="true">
            <g className={`night night-${outcome}`}>
              <NightSign outcome={outcome} />
            </g>
          </svg>
          {counts[outcome].toLocaleString('en')} {word}
        </li>
      ))}
    </ul>
  );
}

type Counts = Record<NightOutcome, number>;

const NONE: Counts = { ok: 0, failed: 0, running: 0, missing: 0, due: 0, none: 0, unknown: 0 };
const PAUSE_MS = 250;

/** Counting is for the eye, so it waits until a few answers are together. */
function useCounts(nights: NightsReader, list: InstanceList): Counts {
  const [counts, setCounts] = useState(NONE);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const recount = () => {
      timer = undefined;
      const next = { ...NONE };
      const known = nights.known();
      for (const { id, createTime } of list.state().rows) {
        const state = known.get(id);
        for (const { outcome } of (state && nightsOfState(state, createTime)) ?? []) next[outcome] += 1;
      }
      setCounts(next);
    };
    recount();
    const unsubscribe = nights.subscribe(() => {
      timer ??= setTimeout(recount, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [nights, list]);
  return counts;
}
