import { afterAll, beforeAll, describe, it } from 'vitest';
import { createUrqlClient } from '../../examples/urql/client.ts';
import { type RunningBackup, watchProgress } from '../../examples/urql/progress.ts';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { runExample } from './run-example.ts';

describe('the urql example', { concurrent: true }, () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const instanceWithBackup = (index: number) => {
    const { instanceId, regionId } = running.sandbox.instanceAt(index);
    const backup = { id: 'cb-1', start: Date.now() - 60_000, status: 'RUNNING', progress: 10 };
    running.sandbox.backups.set(instanceId, [backup]);
    return { backup, place: { instanceId, regionId } };
  };
  const clientOf = async (subject: string) =>
    createUrqlClient({
      url: `${running.url}/graphql`,
      token: await signDevelopmentToken({ subject, groups: [], ttlSeconds: 3600 }),
    });

  it('shows a running backup live until its end, and is done', async ({ expect }) => {
    const { backup, place } = instanceWithBackup(0);
    const seen: RunningBackup[] = [];
    await watchProgress(await clientOf('alice'), place, (state) => {
      seen.push(state);
      if (state.progressPercent === 10) backup.progress = 55;
      else backup.status = 'OK';
    });
    expect(seen.map(({ status, progressPercent }) => [status, progressPercent])).toEqual([
      ['RUNNING', 10],
      ['RUNNING', 55],
      ['OK', 100],
    ]);
  });

  it('says what it is refused for', async ({ expect }) => {
    const { place } = instanceWithBackup(1);
    await expect(watchProgress(await clientOf('mallory'), place, () => {})).rejects.toMatchObject({
      graphQLErrors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });

  it('draws a bar when it is run', async ({ expect }) => {
    const { backup, place } = instanceWithBackup(2);
    const { calls } = running.sandbox;
    const printed = runExample(
      'examples/urql/main.ts',
      ...['--url', running.url, '--region', place.regionId, '--instance', place.instanceId],
    );
    const polled = () => calls.recent().some(({ parameters }) => parameters.InstanceId === place.instanceId);
    await expect.poll(polled).toBe(true);
    backup.status = 'OK';
    expect(await printed).toBe('cb-1 ██░░░░░░░░░░░░░░░░░░ 10 % RUNNING\ncb-1 ████████████████████ 100 % OK\n');
  });
});
