import type { Instance } from '../../sandbox/data/instances.ts';
import { below, oneOf, sometimes } from './chance.ts';
import { backupFields, type Row, wrongInBackup } from './expected-values.ts';
import type { KnownBackup, Span } from './known-backups.ts';
import { type Answer, errorAt, errorNulling, type Soak, Visitor } from './visitor.ts';

const DAY = 86_400_000;
/** No backup takes longer in the sandbox; rows whose start and end lie on both sides of a window's border may be in it or not. */
const BORDER_MS = 25 * 60_000;
/** How long an answer about the present is served from a cache: who was born since may be missing. */
const PRESENT_MS = 20_000;
const MOST_PAGES = 60;

interface Walk {
  instance: Instance;
  forward: boolean;
  pageSize: number;
  shards: boolean;
  links: boolean;
  noCache: boolean;
  /** Undefined: the default window. */
  startTime: string | undefined;
  filter: Record<string, unknown> | undefined;
}

const FILTERS: readonly (Record<string, unknown> | undefined)[] = [
  undefined,
  undefined,
  undefined,
  { mode: ['MANUAL'] },
  { mode: ['AUTOMATED'] },
  { status: ['FAILED'] },
  { isAvailable: true },
];

/**
 * Pages through a whole window, forwards or backwards: it must hold every backup that existed throughout exactly once, in order, each
 * with its values.
 */
export async function walkWindow(soak: Soak): Promise<void> {
  const instance = oneOf(soak.known.clusters);
  const shards = sometimes(0.3);
  const filter = oneOf(FILTERS);
  const forward = sometimes(0.6);
  const walk: Walk = {
    instance,
    forward,
    pageSize: shards ? oneOf([5, 12]) : oneOf([4, 10, 20, 50, 290]),
    shards,
    links: shards && sometimes(0.5),
    noCache: sometimes(0.1),
    startTime: sometimes(0.3) ? new Date(Date.now() - (1 + below(40)) * DAY).toISOString() : undefined,
    filter,
  };
  const visitor = new Visitor(soak, `walk ${forward ? 'forwards' : 'backwards'}${filter ? ', filtered' : ''}`);
  await follow(visitor, walk);
}

async function follow(visitor: Visitor, walk: Walk): Promise<void> {
  const rows: Row[] = [];
  const began = Date.now();
  let oldestMs = 0;
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Answer | undefined = await ask(visitor, walk, cursor);
    const connection = answer?.data?.instance?.clusterBackups;
    if (!answer || !connection) {
      if (answer && !errorNulling(answer, ['instance', 'clusterBackups']))
        visitor.wrong('null without an error', answer.text);
      // The walk is broken off; what came of it was looked at.
      return;
    }
    judgePage(visitor, walk, answer, connection.nodes);
    const { edges, nodes, pageInfo } = connection;
    if (edges.length !== nodes.length || edges.length > walk.pageSize)
      visitor.wrong('a page of another size', answer.text);
    oldestMs = Math.max(oldestMs, answer.staleMs);
    if (walk.forward) rows.push(...nodes);
    else rows.unshift(...nodes);
    const more: boolean = walk.forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage;
    cursor = walk.forward ? pageInfo.endCursor : pageInfo.startCursor;
    if (more && !cursor) visitor.wrong('more pages, but no cursor', answer.text);
    if (!more || !cursor) return judgeWhole(visitor, walk, rows, { from: began, to: Date.now() }, oldestMs);
  }
  visitor.wrong('the walk has no end', { walk: shown(walk), rows: rows.length });
}

function ask(visitor: Visitor, walk: Walk, cursor: string | null): Promise<Answer | undefined> {
  const { instance, forward, pageSize, startTime, filter } = walk;
  const query = `query Walk($instanceId: String!, $regionId: String!, $size: Int!, $cursor: String, $startTime: DateTime,
    $filter: ClusterBackupFilter) {
    instance(instanceId: $instanceId, regionId: $regionId) {
      clusterBackups(${forward ? 'first: $size, after: $cursor' : 'last: $size, before: $cursor'}, startTime: $startTime,
        filter: $filter) {
        edges { cursor } nodes { ${backupFields(walk)} }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }`;
  return visitor.ask({
    query,
    variables: {
      instanceId: instance.instanceId,
      regionId: instance.regionId,
      size: pageSize,
      cursor,
      startTime,
      filter,
    },
    noCache: walk.noCache,
    // Links are never served stale.
    expects: walk.links ? ['UPSTREAM_UNAVAILABLE'] : [],
    reads: (data) => (data.instance?.clusterBackups ? 1 : 0),
  });
}

function judgePage(visitor: Visitor, walk: Walk, answer: Answer, nodes: readonly Row[]): void {
  const span = visitor.readWithin(answer, walk.noCache ? 0 : undefined);
  // A page with a running backup is served for three seconds.
  const runningSpan = visitor.readWithin(answer, 3_000);
  const known = knownById(visitor, walk.instance, span);
  for (const [index, node] of nodes.entries()) {
    const backup = known.get(String(node.clusterBackupId));
    const within = node.status === 'RUNNING' ? runningSpan : span;
    const wrong = backup ? wrongInBackup(node, walk.instance, backup, within) : 'there is no such backup';
    if (wrong) visitor.wrong(wrong, { walk: shown(walk), asked: answer.asked, staleMs: answer.staleMs, node });
    if (!passes(walk, node)) visitor.wrong('a row that the filter keeps out', { walk: shown(walk), node });
    for (const [shard, { downloadUrl }] of (walk.links ? shardsOf(node) : []).entries()) {
      const at = ['instance', 'clusterBackups', 'nodes', index, 'shardBackups', 'nodes', shard, 'downloadUrl'];
      const failed = node.status === 'FAILED';
      if (downloadUrl === null && !failed && !errorAt(answer, at)) visitor.wrong('no link, and no error', node);
    }
  }
}

function judgeWhole(visitor: Visitor, walk: Walk, rows: readonly Row[], walked: Span, oldestMs: number): void {
  const ids = rows.map(({ clusterBackupId }) => String(clusterBackupId));
  const details = { walk: shown(walk), walked, oldestMs, ids };
  if (new Set(ids).size !== ids.length) visitor.wrong('a backup twice', details);
  const keys = rows.map(({ startTime, clusterBackupId }) => `${startTime} ${clusterBackupId}`);
  if (keys.some((key, index) => index > 0 && key > String(keys[index - 1]))) visitor.wrong('not newest first', details);
  const windowFrom = walk.startTime === undefined ? walked.from - 30 * DAY : Date.parse(walk.startTime);
  const sure = {
    bornBefore: walked.from - Math.max(PRESENT_MS, visitor.soak.requestTimeoutMs) - oldestMs,
    startsAfter: windowFrom + BORDER_MS,
  };
  const read = new Set(ids);
  for (const known of visitor.soak.known.existing(walk.instance, walked)) {
    const { backup, bornAt, goneAt } = known;
    if (bornAt > sure.bornBefore || goneAt <= walked.to || backup.startTime < sure.startsAfter) continue;
    if (!isWanted(walk, known, sure.bornBefore)) continue;
    if (!read.has(backup.clusterBackupId))
      visitor.wrong('a backup is missing', { missing: backup.clusterBackupId, bornAt, goneAt, ...details });
  }
  for (const { startTime } of rows) {
    if (Date.parse(String(startTime)) < windowFrom - BORDER_MS) visitor.wrong('a row from before the window', details);
  }
}

/** Whether it passes the filter throughout the walk. */
function isWanted(walk: Walk, { backup }: KnownBackup, since: number): boolean {
  if (!walk.filter) return true;
  if (backup.explicit ? backup.explicit.running : backup.endTime > since) return false;
  const failed = backup.failedShard !== undefined;
  return passes(walk, { mode: backup.mode.toUpperCase(), status: failed ? 'FAILED' : 'OK', isAvailable: !failed });
}

function passes({ filter = {} }: Walk, row: Row): boolean {
  const { mode, status, isAvailable } = filter as { mode?: unknown[]; status?: unknown[]; isAvailable?: boolean };
  return (
    (mode?.includes(row.mode) ?? true) &&
    (status?.includes(row.status) ?? true) &&
    (isAvailable === undefined || isAvailable === row.isAvailable)
  );
}

function shardsOf(node: Row): Row[] {
  return (node.shardBackups as { nodes: Row[] } | null)?.nodes ?? [];
}

function knownById(visitor: Visitor, instance: Instance, span: Span): Map<string, KnownBackup> {
  return new Map(visitor.soak.known.existing(instance, span).map((known) => [known.backup.clusterBackupId, known]));
}

function shown({ instance, ...walk }: Walk): object {
  return { instanceId: instance.instanceId, regionId: instance.regionId, ...walk };
}
