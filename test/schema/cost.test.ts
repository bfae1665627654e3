import { describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { estimateOf } from './operating.ts';

const PLACE = 'instanceId: "r-bp1", regionId: "cn-hangzhou"';
const instance = (fields: string, place = PLACE) => `{ instance(${place}) { ${fields} } }`;
const backup = (clusterBackupId: string, startTime = 1_700_000_000, instanceId = 'r-bp1') =>
  encodeGlobalId({
    type: 'ClusterBackup',
    accountId: '1',
    regionId: 'cn-hangzhou',
    instanceId,
    clusterBackupId,
    startTime,
  });

describe('the cost of an operation in upstream calls', () => {
  it.each<[string, string, number]>([
    ['the key of an instance', instance('id instanceId regionId accountId __typename'), 0],
    ['who asks', '{ viewer { subject } __typename }', 0],
    ['introspection', '{ __schema { types { name } } }', 0],
    ['regions', '{ regions { regionId } }', 1],
    ['attributes of an instance, however many', instance('name status tags { key }'), 1],
    ['a page with shards', instance('clusterBackups(first: 20) { nodes { shardBackups { nodes { sizeBytes } } } }'), 1],
    ['the largest page of one call', instance('clusterBackups(first: 290) { nodes { id } }'), 1],
    ['a larger page', instance('clusterBackups(first: 291) { nodes { id } }'), 2],
    ['an empty page of which nothing is read', instance('clusterBackups(first: 0) { __typename }'), 0],
    [
      'the same page twice',
      instance('a: clusterBackups(first: 1) { nodes { id } } b: clusterBackups(first: 3) { nodes { id } }'),
      1,
    ],
    [
      'two windows',
      instance(
        'a: clusterBackups { nodes { id } } b: clusterBackups(endTime: "2024-01-01T00:00:00Z") { nodes { id } }',
      ),
      2,
    ],
    ['a filter', instance('clusterBackups(filter: { isAvailable: true }) { nodes { id } }'), 10],
    ['an empty filter', instance('clusterBackups(filter: {}) { nodes { id } }'), 1],
    ['a total', instance('clusterBackups(first: 1) { totalCount }'), 10],
    ['the last ones of a window', instance('clusterBackups(last: 5) { nodes { id } }'), 10],
    ['the last ones with shards', instance('clusterBackups(last: 5) { nodes { shardCount } }'), 11],
    [
      'a filter with shards, which may be anywhere',
      instance('clusterBackups(first: 3, filter: { isAvailable: true }) { nodes { shardCount } }'),
      13,
    ],
    [
      'a filter behind a cursor, and whether anything stands before that',
      instance(
        'clusterBackups(filter: { isAvailable: true }, after: "c") { pageInfo { hasPreviousPage } nodes { id } }',
      ),
      20,
    ],
    ['a total beside a page with shards', instance('clusterBackups { totalCount nodes { shardCount } }'), 11],
    [
      'a total twice',
      instance('a: clusterBackups { totalCount } b: clusterBackups(first: 3) { totalCount nodes { id } }'),
      10,
    ],
    ['a page read backwards, in the worst case', instance('clusterBackups(last: 5, before: "c") { nodes { id } }'), 15],
    ['the next page', instance('clusterBackups(first: 5, after: "c") { nodes { id } pageInfo { hasNextPage } }'), 1],
    [
      'the next page, and whether anything stands before it',
      instance('clusterBackups(first: 5, after: "c") { nodes { id } pageInfo { hasPreviousPage } }'),
      2,
    ],
    ['sizes of all backups', instance('clusterBackups { fullStorageBytes }'), 1],
    ['a page of which nothing is selected', instance('clusterBackups { __typename pageInfo { __typename } }'), 0],
    ['arguments that are not right', instance('clusterBackups(first: 1, last: 1) { nodes { instance { name } } }'), 0],
    [
      'the same page at two levels, since the second is asked for when the first is there',
      instance('clusterBackups { nodes { instance { clusterBackups { nodes { id } } } } }'),
      2,
    ],
    [
      'backups of two instances and the names of those, which are asked for one after the other',
      `{ nodes(ids: ["${backup('cb-1')}", "${backup('cb-1', 1_700_000_000, 'r-bp2')}"]) { ... on ClusterBackup { instance { name } } } }`,
      4,
    ],
    [
      'backups of one instance a month apart',
      `{ nodes(ids: ["${backup('cb-1')}", "${backup('cb-2', 1_702_600_000)}", "${backup('cb-3')}"]) { id } }`,
      3,
    ],
    ['a list of instances from its end', '{ instances(regionId: "cn-hangzhou", last: 50) { nodes { name } } }', 3],
    ['a backup by its id', instance('clusterBackup(clusterBackupId: "cb-1") { status }'), 1],
    [
      'a backup and the name of its instance',
      `{ clusterBackup(${PLACE}, clusterBackupId: "cb-1") { status instance { name } } }`,
      2,
    ],
    ['a page of instances', '{ instances(regionId: "cn-hangzhou", first: 50) { nodes { name } } }', 1],
    ['a large page of instances', '{ instances(regionId: "cn-hangzhou", first: 120) { nodes { name } } }', 3],
    [
      'a page of instances with a backup each',
      '{ instances(regionId: "cn-hangzhou", first: 50) { nodes { name clusterBackups(first: 1) { nodes { id } } } } }',
      51,
    ],
    ['backups of one instance by their ids', `{ nodes(ids: ["${backup('cb-1')}", "${backup('cb-2')}"]) { id } }`, 1],
    ['a backup whose start is not known', `{ nodes(ids: ["${backup('cb-1', 0)}", "${backup('cb-2', 0)}"]) { id } }`, 2],
    ['rubbish for an id', '{ node(id: "rubbish") { id } }', 0],
    [
      'entities',
      '{ _entities(representations: [{ __typename: "Instance", accountId: "1", regionId: "cn-hangzhou", instanceId: "r-1" }, { __typename: "Instance", accountId: "1", regionId: "cn-hangzhou", instanceId: "r-2" }]) { ... on Instance { name clusterBackups(first: 1) { nodes { id } } } } }',
      3,
    ],
  ])('of %s', (_, source, expected) => {
    expect(estimateOf(source)).toBe(expected);
  });

  it('counts 31 instances of one region as two calls for their attributes', () => {
    const aliases = Array.from(
      { length: 31 },
      (_, index) => `i${index}: instance(instanceId: "r-${index}", regionId: "cn-hangzhou") { name }`,
    );
    expect(estimateOf(`{ ${aliases.join(' ')} }`)).toBe(2);
  });

  it('counts what is skipped as nothing, and reads variables', () => {
    const source = `query ($first: Int, $more: Boolean!) { ${instance('clusterBackups(first: $first) { nodes { id } } name @include(if: $more)').slice(2)}`;
    expect(estimateOf(source, { first: 1, more: false })).toBe(1);
    expect(estimateOf(source, { first: 300, more: false })).toBe(2);
    expect(estimateOf(source, { first: 300, more: true })).toBe(3);
  });

  it('multiplies what is nested in lists', () => {
    const nested = 'nodes { clusterBackups(first: 100) { nodes { shardBackups(first: 100) { nodes { id } } } } }';
    const aliases = Array.from(
      { length: 15 },
      (_, index) => `a${index}: instances(regionId: "cn-hangzhou", first: 100) { ${nested} }`,
    );
    expect(estimateOf(`{ ${aliases.join(' ')} }`)).toBe(15 * 102);
  });

  it('counts fragments where they are spread', () => {
    expect(
      estimateOf(
        `fragment F on Instance { clusterBackups { nodes { id } } } { a: instance(${PLACE}) { ...F } b: instance(instanceId: "r-2", regionId: "cn-hangzhou") { ...F } }`,
      ),
    ).toBe(2);
  });
});
