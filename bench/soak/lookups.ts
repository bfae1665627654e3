import { encodeGlobalId } from '../../resolvers/global-id.ts';
import type { Instance } from '../../sandbox/data/instances.ts';
import { oneOf, sometimes } from './chance.ts';
import { backupFields, INSTANCE_FIELDS, type Row, wrongInBackup, wrongInInstance } from './expected-values.ts';
import type { KnownBackup } from './known-backups.ts';
import { type Answer, errorAt, type Soak, Visitor } from './visitor.ts';

/** What was looked for. */
interface Sought {
  id: string;
  instance: Instance;
  backup: KnownBackup | undefined;
}

/** Instances and backups by their ids, one or many, through each way in; some of the ids name nothing. */
export async function lookUp(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'lookup');
  const { known } = soak;
  const now = Date.now();
  const instance = oneOf(known.clusters);
  const existing = known.existing(instance, { from: now, to: now });
  const sought = Array.from({ length: oneOf([1, 1, 4, 12]) }, () => {
    const backup = sometimes(0.2) ? undefined : existing.length > 0 ? oneOf(existing) : undefined;
    if (sometimes(0.2)) return { id: instanceId(known.accountId, instance), instance, backup: undefined };
    return { id: backupId(known.accountId, instance, backup), instance, backup };
  });
  if (sometimes(0.2) && existing.length > 0) return lookUpOne(visitor, instance, oneOf(existing));
  const way = sought.length === 1 ? 'node' : oneOf(['nodes', 'entities'] as const);
  const answer = await visitor.ask({
    ...questionOf(way, sought),
    noCache: sometimes(0.1),
    reads: (data) => found(data).length,
  });
  if (!answer?.data) return;
  const { node = null, nodes, _entities = [] } = answer.data;
  const values = way === 'node' ? [node] : (nodes ?? _entities);
  for (const [index, value] of values.entries()) {
    const path = way === 'node' ? ['node'] : [way === 'nodes' ? 'nodes' : '_entities', index];
    judge(visitor, answer, sought[index] as Sought, value, path);
  }
}

const SELECTION = `__typename ... on Instance { ${INSTANCE_FIELDS.replace('status', 'instanceStatus: status').replace('shardCount', 'instanceShards: shardCount')} }
  ... on ClusterBackup { ${backupFields()} }`;

function questionOf(way: 'node' | 'nodes' | 'entities', sought: readonly Sought[]) {
  const ids = sought.map(({ id }) => id);
  if (way === 'node') return { query: `query($id: ID!) { node(id: $id) { ${SELECTION} } }`, variables: { id: ids[0] } };
  if (way === 'nodes')
    return { query: `query($ids: [ID!]!) { nodes(ids: $ids) { ${SELECTION} } }`, variables: { ids } };
  const representations = sought.map(({ id, instance: { regionId } }) =>
    id === ''
      ? { __typename: 'Instance', regionId }
      : { __typename: Buffer.from(id, 'base64url').toString().startsWith('i/') ? 'Instance' : 'ClusterBackup', id },
  );
  return {
    query: `query($representations: [_Any!]!) { _entities(representations: $representations) { ${SELECTION} } }`,
    variables: { representations },
  };
}

async function lookUpOne(visitor: Visitor, instance: Instance, backup: KnownBackup): Promise<void> {
  const answer = await visitor.ask({
    query: `query($id: String!, $instanceId: String!, $regionId: String!) {
      clusterBackup(clusterBackupId: $id, instanceId: $instanceId, regionId: $regionId) { ${backupFields({ shards: true })} }
    }`,
    variables: { id: backup.backup.clusterBackupId, instanceId: instance.instanceId, regionId: instance.regionId },
    reads: (data) => (data.clusterBackup ? 1 : 0),
  });
  const found = answer?.data?.clusterBackup;
  if (answer && found !== undefined) judge(visitor, answer, { id: '', instance, backup }, found, ['clusterBackup']);
}

function judge(
  visitor: Visitor,
  answer: Answer,
  { instance, backup, id }: Sought,
  value: Row | null,
  path: readonly (string | number)[],
): void {
  const details = { id, instanceId: instance.instanceId, asked: answer.asked, staleMs: answer.staleMs, value };
  if (value === null) {
    const { from } = visitor.readWithin(answer);
    const existed = backup && backup.bornAt <= from && backup.goneAt > answer.asked.to;
    if (existed && !errorAt(answer, path)) visitor.wrong('not found', details);
    return;
  }
  if (value.__typename === 'Instance') {
    const { instanceStatus, instanceShards, ...row } = value;
    // A failed read leaves the attributes null, each with its error.
    if (answer.errors.some((error) => path.every((step, index) => error.path?.[index] === step))) return;
    const wrong = wrongInInstance(
      { ...row, status: instanceStatus, shardCount: instanceShards },
      instance,
      visitor.soak.known.accountId,
    );
    if (wrong) visitor.wrong(wrong, details);
    return;
  }
  if (!backup) {
    visitor.wrong('found what there is not', details);
    return;
  }
  if (value.clusterBackupId !== backup.backup.clusterBackupId) {
    visitor.wrong('another backup', details);
    return;
  }
  const span = visitor.readWithin(answer, value.status === 'RUNNING' ? 3_000 : undefined);
  const wrong = wrongInBackup(value, instance, backup, span);
  if (wrong) visitor.wrong(wrong, details);
}

function found(data: object): unknown[] {
  return Object.values(data)
    .flat()
    .filter((value) => value !== null);
}

function instanceId(accountId: string, { regionId, instanceId }: Instance): string {
  return encodeGlobalId({ type: 'Instance', accountId, regionId, instanceId });
}

function backupId(accountId: string, { regionId, instanceId }: Instance, known: KnownBackup | undefined): string {
  const clusterBackupId = known?.backup.clusterBackupId ?? 'cb-nothing0000000000';
  const startTime = Math.floor((known?.backup.startTime ?? Date.now() - 3 * 86_400_000) / 1_000);
  return encodeGlobalId({ type: 'ClusterBackup', accountId, regionId, instanceId, clusterBackupId, startTime });
}
