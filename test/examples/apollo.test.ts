import { gql } from '@apollo/client';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createApolloClient } from '../../examples/apollo/client.ts';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import type { ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';

const PAGE = gql`
  query Page($instanceId: String!, $regionId: String!, $after: String) {
    instance(instanceId: $instanceId, regionId: $regionId) {
      id
      tags { key value }
      clusterBackups(first: 2, after: $after) {
        edges { cursor node { id status progressPercent } }
        pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
      }
    }
  }
`;
const PROGRESS = gql`
  subscription Progress($instanceId: String!, $regionId: String!) {
    clusterBackupProgress(instanceId: $instanceId, regionId: $regionId) { id status progressPercent }
  }
`;

describe('Apollo Client as the recipe sets it up', { concurrent: true }, () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const clientOf = async (subject: string) =>
    createApolloClient({
      url: `${running.url}/graphql`,
      token: await signDevelopmentToken({ subject, groups: [], ttlSeconds: 3600 }),
    });
  const instanceWithBackups = (index: number) => {
    const { instanceId, regionId } = running.sandbox.instanceAt(index);
    const live: ExplicitBackup = { id: 'cb-live', start: Date.now() - 60_000, status: 'RUNNING', progress: 10 };
    const older = [1, 2, 3].map((hours) => ({ id: `cb-${hours}`, start: Date.now() - hours * 3_600_000 }));
    running.sandbox.backups.set(instanceId, [live, ...older]);
    return { live, place: { instanceId, regionId } };
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  const statesOf = (data: any) => data.instance.clusterBackups.edges.map(({ node }: any) => node.status);

  it('grows one list out of pages, which live progress changes in place', async ({ expect }) => {
    const { live, place } = instanceWithBackups(0);
    const client = await clientOf('alice');
    const watched = client.watchQuery({ query: PAGE, variables: place });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
    let data: any;
    watched.subscribe((result) => {
      if (result.dataState === 'complete') data = result.data;
    });
    await expect.poll(() => data && statesOf(data)).toEqual(['RUNNING', 'OK']);
    await watched.fetchMore({ variables: { after: data.instance.clusterBackups.pageInfo.endCursor } });
    await expect.poll(() => statesOf(data)).toEqual(['RUNNING', 'OK', 'OK', 'OK']);

    const seen: unknown[] = [];
    let complete = false;
    client.subscribe({ query: PROGRESS, variables: place }).subscribe({
      next: (result) => seen.push(result.data),
      complete: () => {
        complete = true;
      },
    });
    await expect.poll(() => seen).toHaveLength(1);
    live.status = 'OK';
    await expect.poll(() => complete).toBe(true);
    expect(seen).toHaveLength(2);
    await expect.poll(() => statesOf(data)).toEqual(['OK', 'OK', 'OK', 'OK']);
    client.stop();
  });

  it('keeps the data of an answer that failed in part', async ({ expect }) => {
    const client = await clientOf('alice');
    const query = gql`
      query Partial {
        viewer { subject }
        instance(instanceId: "r-nowhere", regionId: "cn-hangzhou") { id name }
      }
    `;
    const { data, error } = await client.query({ query });
    expect(data).toMatchObject({ viewer: { subject: 'alice' }, instance: { name: null } });
    expect(error).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    client.stop();
  });

  it('hears why a subscription is refused', async ({ expect }) => {
    const { place } = instanceWithBackups(1);
    const client = await clientOf('mallory');
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
    let error: any;
    client.subscribe({ query: PROGRESS, variables: place }).subscribe({
      next: (result) => {
        error = result.error;
      },
    });
    await expect.poll(() => error).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    client.stop();
  });
});
