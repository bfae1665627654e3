import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../resolvers/bad-input.ts';
import type { ConnectionArguments } from '../../../resolvers/connection-arguments.ts';
import type { InstancePage } from '../../../resolvers/instances/connection.ts';
import { Asker } from '../asking.ts';
import { instancesAsker, instancesUpstream, PLACE } from '../instance-asking.ts';

const idsOf = ({ rows }: InstancePage) => rows.map(({ instanceId }) => instanceId);

/** Everything that the region has, a page at a time. */
async function walk(ask: (given: ConnectionArguments) => Promise<InstancePage>, size: number, forwards: boolean) {
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ask(forwards ? { first: size, after: cursor } : { last: size, before: cursor });
    if (forwards) seen.push(...idsOf(page));
    else seen.unshift(...idsOf(page));
    if (!(forwards ? page.hasNextPage : page.hasPreviousPage)) return seen;
    cursor = page.cursor(forwards ? page.rows.length - 1 : 0);
  }
}

describe('the instances of a region', () => {
  it('are walked once, in the upstream’s own order, in either direction and pages of any size', async () => {
    const upstream = instancesUpstream(640);
    const ask = instancesAsker(upstream);
    const all = idsOf(await ask({ first: 300 }));
    expect(all).toHaveLength(160);
    for (const size of [1, 7, 20, 49, 50, 51, 100, 159, 160, 161, 300]) {
      expect(await walk(ask, size, true)).toEqual(all);
      expect(await walk(ask, size, false)).toEqual(all);
    }
  });

  it('come in one call up to 50, and in batches of at most 50 beyond, none of them past the total', async () => {
    const upstream = instancesUpstream(640);
    const ask = instancesAsker(upstream);
    const calls = async (given: ConnectionArguments) => {
      upstream.instanceCalls.length = 0;
      const page = await ask(given);
      return { calls: upstream.instanceCalls.map(({ pageSize, pageNumber }) => [pageSize, pageNumber]), page };
    };
    expect((await calls({ first: 50 })).calls).toEqual([[50, 1]]);
    const { page } = await calls({ first: 20 });
    expect((await calls({ first: 20, after: page.cursor(19) })).calls).toEqual([[20, 2]]);
    expect((await calls({ first: 30, after: page.cursor(4) })).calls).toEqual([[35, 1]]);
    expect((await calls({ first: 300 })).calls).toEqual([50, 50, 50, 50].map((size, index) => [size, index + 1]));
    expect((await calls({ last: 10 })).calls).toHaveLength(2);
  });

  it('have the upstream’s own total, and the truth of their neighbours', async () => {
    const ask = instancesAsker(instancesUpstream(40));
    const page = await ask({ first: 4 });
    expect(page).toMatchObject({ totalCount: 10, hasNextPage: true, hasPreviousPage: false });
    expect(await ask({ first: 6, after: page.cursor(3) })).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(await ask({ last: 2, before: page.cursor(3) })).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect(await ask({ first: 0 })).toMatchObject({
      rows: [],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 10,
    });
    expect(idsOf(await ask({ first: 9, after: page.cursor(0), before: page.cursor(3) }))).toEqual(
      idsOf(page).slice(1, 3),
    );
    expect(idsOf(await ask({ first: 9, after: page.cursor(3), before: page.cursor(0) }))).toEqual([]);
  });

  it('are filtered by the upstream, at no more calls', async () => {
    const upstream = instancesUpstream(200);
    const page = await instancesAsker(upstream)({ first: 10 }, { architectureType: 'CLUSTER' });
    expect(page.rows.every(({ architectureType }) => architectureType === 'CLUSTER')).toBe(true);
    expect(upstream.instanceCalls).toHaveLength(1);
  });

  it('need no call of their own for their attributes afterwards', async () => {
    const upstream = instancesUpstream(40);
    const { loaders } = new Asker(upstream).operation();
    const { rows } = await loaders.instances(PLACE, {}, { first: 3 });
    const found = await Promise.all(rows.map(({ instanceId }) => loaders.instance({ ...PLACE, instanceId })));
    expect(found.map(({ row }) => row?.instanceId)).toEqual(rows.map(({ instanceId }) => instanceId));
    expect(upstream.instanceCalls).toHaveLength(1);
  });

  it('by their keys come in one call for up to 30 of a region, each null by itself', async () => {
    const upstream = instancesUpstream(400);
    const known = idsOf(await instancesAsker(upstream)({ first: 59 }));
    upstream.instanceCalls.length = 0;
    const { loaders } = new Asker(upstream).operation();
    const keys = [...known, 'r-bp1gone'].map((instanceId) => ({ ...PLACE, instanceId }));
    const found = await Promise.all(keys.map((key) => loaders.instance(key)));
    expect(found.map(({ row }) => row?.instanceId)).toEqual([...known, undefined]);
    expect(upstream.instanceCalls).toHaveLength(2);
  });

  it('refuse counts that cannot be, and cursors of another filter, region or connection', async () => {
    const ask = instancesAsker(instancesUpstream(40));
    const cursor = (await ask({ first: 4 }, { status: 'NORMAL' })).cursor(2);
    for (const given of [{ first: -1 }, { last: 301 }, { first: 1, last: 1 }, { after: 'no' }, { before: '' }]) {
      await expect(ask(given)).rejects.toThrow(BadInput);
    }
    expect(idsOf(await ask({ first: 1, after: cursor }, { status: 'NORMAL' }))).toHaveLength(1);
    await expect(ask({ first: 1, after: cursor })).rejects.toThrow(BadInput);
    await expect(ask({ first: 1, after: cursor }, { status: 'CHANGING' })).rejects.toThrow(BadInput);
    const { loaders } = new Asker(instancesUpstream(40)).operation();
    const elsewhere = { ...PLACE, regionId: 'cn-shanghai' };
    await expect(loaders.instances(elsewhere, { status: 'NORMAL' }, { after: cursor })).rejects.toThrow(BadInput);
  });

  it('say how old and stale their answer is', async () => {
    const upstream = instancesUpstream(400);
    upstream.provenance = { ageSeconds: 12, stale: true };
    expect(await instancesAsker(upstream)({ first: 100 })).toMatchObject({ ageSeconds: 12, stale: true });
  });
});
