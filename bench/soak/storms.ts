import { below, oneOf, restFor } from './chance.ts';
import { type Soak, Visitor } from './visitor.ts';

const AT_ONCE = 40;

/** Many reads that no cache can answer, all at once: more, with those of the others, than the quota of a minute. */
export async function raiseStorms(soak: Soak, reads: number, end: AbortSignal): Promise<void> {
  const visitor = new Visitor(soak, 'storm');
  while (!end.aborted) {
    await restFor(20_000, 45_000, end);
    let left = reads;
    const read = async () => {
      for (; left > 0 && !end.aborted; left -= 1) await ask(visitor);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, read));
  }
}

function ask(visitor: Visitor) {
  const { instanceId, regionId } = oneOf(visitor.soak.known.clusters);
  const endTime = Date.now() - 3_600_000;
  return visitor.ask({
    query: `query Storm($instanceId: String!, $regionId: String!, $startTime: DateTime, $endTime: DateTime) {
      instance(instanceId: $instanceId, regionId: $regionId) {
        clusterBackups(first: 1, startTime: $startTime, endTime: $endTime) { nodes { clusterBackupId } } } }`,
    variables: {
      instanceId,
      regionId,
      startTime: new Date(endTime - (1 + below(40)) * 86_400_000).toISOString(),
      endTime: new Date(endTime - below(86_400_000)).toISOString(),
    },
    reads: (data) => (data.instance?.clusterBackups ? 1 : 0),
  });
}
