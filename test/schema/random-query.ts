import * as fc from 'fast-check';

/** What there is to ask for: cursors and ids are those of an upstream as it was a while ago. */
export interface Askable {
  place: string;
  regionId: string;
  /** Cursors of each window and filter, newest first. */
  cursors: Readonly<Record<string, readonly string[]>>;
  /** Global ids of backups and shards, newest first, and ids of sets. */
  nodeIds: readonly string[];
  setIds: readonly string[];
}

/** Writes a part of a query about what there is. */
type Written = (askable: Askable) => string;

/** A place in a list of any length, in thousandths. */
const at = fc.integer({ min: 0, max: 999 });
const pick = <Item>(items: readonly Item[], place: number): Item =>
  items[Math.floor((place * items.length) / 1_000)] as Item;

export const WINDOWS = {
  default: '',
  since: 'startTime: "2023-01-01T00:00:00Z"',
  past: 'startTime: "2024-05-25T03:04:05Z", endTime: "2024-06-25T03:04:05Z"',
} as const;
export const FILTERS = {
  none: '',
  manual: 'filter: { mode: [MANUAL] }',
  failed: 'filter: { status: [FAILED] }',
} as const;

/** The window and filter of a connection, as `cursors` calls them. */
export const SCOPES = Object.entries(WINDOWS).flatMap(([window, first]) =>
  Object.entries(FILTERS).map(([filter, second]) => ({
    name: `${window} ${filter}`,
    text: [first, second].filter((text) => text !== '').join(', '),
  })),
);

const someOf = (...fields: readonly (string | fc.Arbitrary<Written>)[]): fc.Arbitrary<Written> =>
  fc
    .tuple(...fields.map((field) => fc.option(typeof field === 'string' ? fc.constant(() => field) : field)))
    .map((chosen) => (askable) => {
      const texts = chosen.filter((one) => one !== null).map((one) => (one as Written)(askable));
      return texts.length === 0 ? '__typename' : texts.join(' ');
    });

const { connection } = fc.letrec<Record<'connection' | 'backup', Written>>((tie) => ({
  backup: someOf(
    'id status',
    'shardCount',
    'shardBackups(first: 2) { nodes { backupId downloadUrl } }',
    'instance { instanceId }',
    'instance { name status }',
    fc
      .option(tie('connection'), { depthIdentifier: 'nested', maxDepth: 1 })
      .map((nested) => (askable) => (nested === null ? 'mode' : `instance { ${nested(askable)} }`)),
  ),
  connection: fc
    .record({
      scope: fc.constantFrom(...SCOPES),
      count: fc.constantFrom(0, 1, 5, 20, 143, 250, 290, 300),
      direction: fc.constantFrom('first', 'first', 'last', 'none'),
      after: fc.option(at),
      before: fc.option(at),
      alias: fc.nat({ max: 9_999 }),
      selection: fc.tuple(
        fc.option(tie('backup')),
        someOf('totalCount', 'fullStorageBytes', 'pageInfo { hasNextPage }', 'pageInfo { hasPreviousPage endCursor }'),
      ),
    })
    .map(({ scope, count, direction, after, before, alias, selection: [backup, others] }) => (askable) => {
      const cursors = askable.cursors[scope.name] ?? [];
      const args = [scope.text];
      if (direction !== 'none') args.push(`${direction}: ${count}`);
      if (after !== null && cursors.length > 0) args.push(`after: "${pick(cursors, after)}"`);
      if (before !== null && cursors.length > 0) args.push(`before: "${pick(cursors, before)}"`);
      const given = args.filter((text) => text !== '').join(', ');
      const nodes = backup === null ? '' : `nodes { ${backup(askable)} }`;
      return `c${alias}: clusterBackups${given === '' ? '' : `(${given})`} { ${nodes} ${others(askable)} }`;
    }),
}));

const attributes = fc.constantFrom('instanceId', 'name', 'tags { key }').map(
  (text): Written =>
    () =>
      text,
);
const byId = at.map(
  (place): Written =>
    ({ setIds }) =>
      `b${place}: clusterBackup(clusterBackupId: "${pick(setIds, place)}") { status shardCount instance { name } }`,
);
const ofInstance = fc
  .array(fc.oneof({ weight: 4, arbitrary: connection }, attributes, byId), { minLength: 1, maxLength: 3 })
  .map(
    (parts): Written =>
      (askable) =>
        parts.map((part) => part(askable)).join(' '),
  );

const onNodes = 'id ... on ClusterBackup { status instance { name } } ... on ShardBackup { downloadUrl }';

const rootField: fc.Arbitrary<Written> = fc.oneof(
  {
    weight: 4,
    arbitrary: ofInstance.map(
      (fields): Written =>
        (askable) =>
          `instance(${askable.place}) { ${fields(askable)} }`,
    ),
  },
  fc.array(at, { minLength: 1, maxLength: 12 }).map(
    (places): Written =>
      ({ nodeIds }) =>
        `nodes(ids: [${places.map((place) => `"${pick(nodeIds, place)}"`).join(', ')}]) { ${onNodes} }`,
  ),
  fc.record({ count: fc.constantFrom(1, 3, 60), from: fc.constantFrom('first', 'last'), fields: ofInstance }).map(
    ({ count, from, fields }): Written =>
      (askable) =>
        `instances(regionId: "${askable.regionId}", ${from}: ${count}) { totalCount nodes { ${fields({ ...askable, cursors: {} })} } }`,
  ),
);

/** A query with up to four root fields. */
export const query: fc.Arbitrary<Written> = fc
  .array(rootField, { minLength: 1, maxLength: 4 })
  .map((fields) => (askable) => `{ ${fields.map((field, index) => `r${index}: ${field(askable)}`).join(' ')} }`);
