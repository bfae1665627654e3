import type { Instance } from '../../sandbox/data/instances.ts';
import { below, oneOf, sometimes } from './chance.ts';
import { backupFields, INSTANCE_FIELDS, type Row, wrongInBackup, wrongInInstance } from './expected-values.ts';
import type { Span } from './known-backups.ts';
import { type Answer, errorNulling, type Soak, Visitor } from './visitor.ts';

/** The instances of a region, with all attributes and the newest backup of each; sometimes filtered. */
export async function lookOver(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'overview');
  const regionId = oneOf(soak.known.instances).regionId;
  const some = oneOf(soak.known.inRegion(regionId));
  const { filter, passes } = oneOf(FILTERS)(some);
  const wanted = soak.known.inRegion(regionId).filter(passes);
  const size = oneOf([2, 5, 20]);
  const fromEnd = sometimes(0.2);
  const answer = await visitor.ask({
    query: `query Overview($regionId: String!, $size: Int!, $filter: InstanceFilter) {
      instances(regionId: $regionId, ${fromEnd ? 'last' : 'first'}: $size, filter: $filter) {
        totalCount
        nodes { ${INSTANCE_FIELDS} clusterBackups(first: 1) { nodes { ${backupFields()} } } }
      }
    }`,
    variables: { regionId, size, filter },
    noCache: sometimes(0.1),
    // What is not a cluster has no backups, and the upstream says so in its own words or with an empty list.
    expects: ['UPSTREAM_ERROR'],
    reads: (data) =>
      data.instances ? 1 + data.instances.nodes.filter((node) => node.clusterBackups !== null).length : 0,
  });
  if (!answer?.data) return;
  const { instances } = answer.data;
  if (!instances) {
    if (!errorNulling(answer, ['instances'])) visitor.wrong('null without an error', answer.text);
    return;
  }
  const details = { regionId, size, filter, fromEnd, text: answer.text.slice(0, 2_000) };
  const expected = fromEnd ? wanted.slice(-size) : wanted.slice(0, size);
  const ids = instances.nodes.map(({ instanceId }: Row) => instanceId);
  if (ids.join() !== expected.map(({ instanceId }) => instanceId).join()) visitor.wrong('other instances', details);
  if (instances.totalCount !== wanted.length) visitor.wrong(`totalCount is not ${wanted.length}`, details);
  for (const [index, node] of instances.nodes.entries()) {
    const instance = expected[index];
    const wrong = instance && wrongInInstance(node, instance, soak.known.accountId);
    if (wrong) visitor.wrong(wrong, details);
    if (instance) judgeNewest(visitor, answer, index, node, instance);
  }
}

type Filter = (some: Instance) => {
  filter: Record<string, unknown> | undefined;
  passes(instance: Instance): boolean;
};

const FILTERS: readonly Filter[] = [
  () => ({ filter: undefined, passes: () => true }),
  () => ({ filter: { architectureType: 'CLUSTER' }, passes: ({ architectureType }) => architectureType === 'cluster' }),
  ({ engineVersion }) => ({
    filter: { engineVersion },
    passes: (instance) => instance.engineVersion === engineVersion,
  }),
  ({ name }) => ({ filter: { search: name }, passes: (instance) => instance.name.includes(name) }),
  ({ tags: [tag] }) =>
    tag
      ? {
          filter: { tags: [tag] },
          passes: ({ tags }) => tags.some(({ key, value }) => key === tag.key && value === tag.value),
        }
      : { filter: undefined, passes: () => true },
];

function judgeNewest(visitor: Visitor, answer: Answer, index: number, node: Row, instance: Instance): void {
  const connection = node.clusterBackups as { nodes: Row[] } | null;
  if (connection === null) {
    if (!errorNulling(answer, ['instances', 'nodes', index, 'clusterBackups']))
      visitor.wrong('no backups, and no error', answer.text);
    return;
  }
  const span = visitor.readWithin(answer);
  const [newest] = connection.nodes;
  const existing = visitor.soak.known.existing(instance, span);
  const details = { instanceId: instance.instanceId, asked: answer.asked, staleMs: answer.staleMs, newest };
  if (!newest) {
    if (existing.some(({ bornAt, goneAt }) => bornAt <= span.from && goneAt > span.to))
      visitor.wrong('no backup', details);
    return;
  }
  const known = existing.find(({ backup }) => backup.clusterBackupId === newest.clusterBackupId);
  const within = newest.status === 'RUNNING' ? visitor.readWithin(answer, 3_000) : span;
  const wrong = known ? wrongInBackup(newest, instance, known, within) : 'there is no such backup';
  if (wrong) visitor.wrong(wrong, details);
  // Windows that reach the present are served for 15 s.
  const sure: Span = visitor.readWithin(answer, 15_000);
  const newer = existing.find(({ bornAt, goneAt }) => bornAt <= sure.from && goneAt > sure.to);
  if (newer && known && existing.indexOf(newer) < existing.indexOf(known))
    visitor.wrong(`${newer.backup.clusterBackupId} is newer`, details);
}

/** How many backups there are, and how much they take. */
export async function count(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'counts');
  const { known } = soak;
  const instance = oneOf(known.clusters);
  const { instanceId, regionId } = instance;
  const days = 1 + below(25);
  const startTime = new Date(Date.now() - days * 86_400_000).toISOString();
  const answer = await visitor.ask({
    query: `query Count($instanceId: String!, $regionId: String!, $startTime: DateTime) {
      instance(instanceId: $instanceId, regionId: $regionId) {
        clusterBackups(first: 0, startTime: $startTime) { totalCount fullStorageBytes logStorageBytes }
      }
    }`,
    variables: { instanceId, regionId, startTime },
    reads: (data) => (data.instance?.clusterBackups ? 1 : 0),
  });
  const counts = answer?.data?.instance?.clusterBackups;
  if (!answer || !counts) return;
  const span = visitor.readWithin(answer, 15_000);
  const border = 25 * 60_000;
  const edge = Date.parse(startTime);
  const all = known.existing(instance, span).filter(({ backup }) => backup.startTime >= edge - border);
  const sure = all.filter(
    ({ backup, bornAt, goneAt }) => bornAt <= span.from && goneAt > span.to && backup.startTime >= edge + border,
  );
  const details = { instanceId, regionId, startTime, asked: answer.asked, staleMs: answer.staleMs, counts };
  const { totalCount, fullStorageBytes } = counts;
  if (totalCount !== null && !(totalCount >= sure.length && totalCount <= all.length))
    visitor.wrong(`totalCount is not ${sure.length} to ${all.length}`, details);
  if (fullStorageBytes === null || known.isWritten(instance)) return;
  if (!known.fullStorageBytes(instance, span).has(fullStorageBytes)) visitor.wrong('another fullStorageBytes', details);
}
