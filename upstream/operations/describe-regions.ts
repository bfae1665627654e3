import { z } from 'zod';
import type { Operation } from '../call.ts';
import type { RegionsQuery } from '../rkvstore.ts';
import type { RegionRow } from '../rows.ts';
import { codeIn, readEnvelope, senseless } from './envelope.ts';
import { isWireObject, readText } from './wire-fields.ts';

const ACTION = 'DescribeRegions';

const envelope = z.object({
  RegionIds: z.object({ KVStoreRegion: z.array(z.unknown()).nullish() }).nullish(),
});

/** `DescribeRegions` of R-KVStore 2015-01-01, names in English; a region that is listed twice is one row. */
export const describeRegions: Operation<RegionsQuery, readonly RegionRow[]> = {
  action: ACTION,
  method: 'POST',
  parameters: () => ({ AcceptLanguage: 'en-US' }),
  parse: (body) => {
    const { RegionIds: list } = readEnvelope(envelope, body, ACTION);
    if (!list && codeIn(body) !== undefined) throw senseless(ACTION, 'it has no RegionIds');
    const rows = new Map<string, RegionRow>();
    for (const wire of list?.KVStoreRegion ?? []) {
      const row = readRegion(wire);
      if (!rows.has(row.regionId)) rows.set(row.regionId, row);
    }
    return [...rows.values()];
  },
};

function readRegion(wire: unknown): RegionRow {
  const regionId = isWireObject(wire) ? readText(wire.RegionId) : null;
  if (!isWireObject(wire) || regionId === null) throw senseless(ACTION, 'one of its regions has no RegionId');
  // The published example ends the name with a line feed.
  return {
    regionId,
    name: readText(wire.LocalName)?.trim() || null,
    endpoint: readText(wire.RegionEndpoint)?.trim() || null,
  };
}
