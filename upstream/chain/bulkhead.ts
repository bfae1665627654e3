import PQueue from 'p-queue';
import { PRIORITIES } from '../rkvstore.ts';
import type { Link } from './link.ts';

/** At most so many calls in flight for each account; the others stand in line, by priority. */
export function bulkhead(concurrency: number): Link {
  const lines = new Map<string, PQueue>();
  return ({ call, flight, signal }, next) => {
    let line = lines.get(call.accountId);
    if (!line) {
      line = new PQueue({ concurrency });
      lines.set(call.accountId, line);
    }
    return line.add(() => next(signal), { signal, priority: -PRIORITIES.indexOf(flight.priority) });
  };
}
