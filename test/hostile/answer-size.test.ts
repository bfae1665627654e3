import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { encodeGlobalId } from '../../resolvers/global-id.ts';
import { runGateway } from '../end-to-end/running-gateway.ts';
import { type BothDecoders, expectRefusal, runBothDecoders } from './both-decoders.ts';

const WINDOW = 'first: 300, startTime: "2020-01-01T00:00:00Z"';
const PAGE = 'fragment F on ClusterBackupConnection { nodes { id shardBackups(first: 100) { nodes { id } } } }';
const ATTRIBUTES = 'name status engineVersion instanceClass shardCount chargeType createTime zoneId vpcId nodeType';
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

describe('answers', () => {
  let both: BothDecoders;
  let place: string;
  let guest: string;
  let reader: string;
  beforeAll(async () => {
    both = await runBothDecoders({ UPSTREAM_CALLS_PER_MINUTE: '10000' });
    place = `instanceId: "${both.lean.sandbox.demo.instanceId}", regionId: "cn-hangzhou"`;
    guest = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 3600 });
    reader = await signDevelopmentToken({ subject: 'bob', groups: ['backup-readers'], ttlSeconds: 3600 });
  });
  afterAll(() => both[Symbol.asyncDispose]());

  const as = (token: string) => ({ authorization: `Bearer ${token}` });

  it('that grow too large out of few calls are given up: backups that lead to their instance and back, three times', async () => {
    const loop = (inner: string) => `instance { clusterBackups(${WINDOW}) { nodes { ${inner} } } }`;
    const answers = await both.ask(
      `{ instance(${place}) { clusterBackups(${WINDOW}) { nodes { ${loop(loop('shardBackups { nodes { id name status } }'))} } } } }`,
    );
    expectRefusal(answers, 'OPERATION_TOO_COSTLY', { limitName: 'answerFields', limit: 500_000 });
    expect(answers.calls).toBeLessThan(20);
  });

  it('that grow too large out of few calls are given up: one page at a hundred places', async () => {
    const shards =
      'nodes { shardBackups { nodes { id backupId name instanceName status isAvailable sizeBytes startTime endTime engine engineVersion } } }';
    const pages = times(100, (index) => `a${index}: clusterBackups(${WINDOW}) { ...F }`);
    const answers = await both.ask(
      `{ instance(${place}) { ${pages} } } fragment F on ClusterBackupConnection { ${shards} }`,
    );
    expectRefusal(answers, 'OPERATION_TOO_COSTLY', { limitName: 'answerFields' });
  });

  it('with a hundred thousand things asked for by their ids, or ten thousand errors, are given up', async () => {
    const ids = Array.from({ length: 100 }, (_, index) =>
      encodeGlobalId({
        type: 'Instance',
        accountId: '1234567890123456',
        regionId: 'cn-hangzhou',
        instanceId: `r-nowhere${index}`,
      }),
    );
    const query = (count: number) =>
      `query ($ids: [ID!]!) { ${times(count, (index) => `a${index}: nodes(ids: $ids) { ...F }`)} } fragment F on Instance { ${ATTRIBUTES} }`;
    const asked = await both.ask(query(100), { ids });
    expectRefusal(asked, 'OPERATION_TOO_COSTLY', { limitName: 'answerFields', limit: 500_000 });
    for (const headers of [as(guest), {}]) {
      const failed = await both.ask(query(12), { ids }, headers);
      expectRefusal(failed, 'OPERATION_TOO_COSTLY', { limitName: 'answerErrors', limit: 10_000 });
    }
    const { status, body } = await both.lean.ask(query(9), { variables: { ids } });
    expect(status).toBe(200);
    expect(body.errors).toHaveLength(9 * 100 * 10);
  });

  it('of the largest page there is are whole, and so is every error of one', async () => {
    const shards = 'shardBackups { nodes { id name status sizeBytes startTime downloadUrl internalDownloadUrl } }';
    const query = `{ instance(${place}) { clusterBackups(${WINDOW}) { nodes { id ${shards} } } } }`;
    const whole = await both.lean.ask(query);
    expect(whole.body.errors).toBeUndefined();
    const { body } = await both.lean.ask(query, { token: reader });
    const denied = body.errors.filter(
      ({ extensions }: { extensions: { code: string } }) => extensions.code === 'FORBIDDEN',
    );
    const links = body.data.instance.clusterBackups.nodes.flatMap(
      (node: { shardBackups: { nodes: unknown[] } }) => node.shardBackups.nodes,
    );
    expect(denied).toHaveLength(2 * links.length);
    expect(links.length).toBeGreaterThan(300);
  });

  it('to operations of more upstream calls than allowed are refused with the cost before any is made', async () => {
    const windows = times(
      80,
      (index) =>
        `a${index}: clusterBackups(first: 300, startTime: "20${10 + (index % 15)}-0${1 + Math.floor(index / 15)}-01T00:00:00Z") { ...F }`,
    );
    const answers = await both.ask(`{ instance(${place}) { ${windows} } } ${PAGE}`);
    expectRefusal(answers, 'OPERATION_TOO_COSTLY', { cost: 160, limit: 150 });
    expect(answers.calls).toBe(0);
  });

  it('to operations of just as many upstream calls as allowed are given', async () => {
    const query = `{ instance(${place}) { name clusterBackups(first: 1) { nodes { id } } } }`;
    for (const [most, status] of [
      ['2', 200],
      ['1', 400],
    ] as const) {
      await using running = await runGateway({ MAX_UPSTREAM_CALLS: most });
      expect((await running.ask(query)).status).toBe(status);
    }
  });

  it('to 15 aliases of 100 backups with 100 shards each are given: they are 15 upstream calls, and small', async () => {
    const windows = times(
      15,
      (index) =>
        `a${index}: clusterBackups(first: 100, startTime: "20${10 + index}-01-01T00:00:00Z") { nodes { id shardBackups(first: 100) { nodes { id } } } }`,
    );
    const { body } = await both.lean.ask(`{ instance(${place}) { ${windows} } }`, {
      headers: { 'x-upstream-calls': '1' },
    });
    expect(body.errors).toBeUndefined();
    expect(body.extensions.upstreamCalls.estimated).toBe(15);
  });

  it('have their places named, but not in documents of more lines than anybody writes', async () => {
    const denied = `{ instance(${place}) { name } }`;
    const { strict } = await both.ask(denied, undefined, as(guest));
    expect(strict.body.errors[0].locations).toEqual([{ line: 1, column: denied.indexOf('name') + 1 }]);
    const long = await both.ask('\n'.repeat(2_100) + denied, undefined, as(guest));
    expect(long.strict.body.errors[0]).toMatchObject({ path: ['instance', 'name'], extensions: { code: 'FORBIDDEN' } });
    expect(long.strict.body.errors[0].locations).toBeUndefined();
  });
});
