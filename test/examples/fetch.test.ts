import { afterAll, beforeAll, describe, it } from 'vitest';
import { ask, Refused } from '../../examples/fetch/ask.ts';
import { backupsOf } from '../../examples/fetch/backups.ts';
import { events } from '../../examples/fetch/events.ts';
import { signDevelopmentToken } from '../../gateway/authentication/development-key.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { runExample } from './run-example.ts';

const MINUTE = 60_000;

describe('the fetch example', { concurrent: true }, () => {
  let running: RunningGateway;
  let gateway: { url: string; token: string };
  beforeAll(async () => {
    running = await runGateway();
    const token = await signDevelopmentToken({ subject: 'alice', groups: [], ttlSeconds: 3600 });
    gateway = { url: `${running.url}/graphql`, token };
  });
  afterAll(() => running[Symbol.asyncDispose]());

  const placeOf = (index: number) => {
    const { instanceId, regionId } = running.sandbox.instanceAt(index);
    return { instanceId, regionId };
  };

  it('walks all backups by cursor, each once', async ({ expect }) => {
    const place = placeOf(1);
    const now = Date.now();
    const backups = Array.from({ length: 250 }, (_, index) => ({
      id: `cb-${index}`,
      start: now - (index + 2) * MINUTE,
    }));
    running.sandbox.backups.set(place.instanceId, backups);
    const seen = [];
    for await (const { clusterBackupId } of backupsOf(gateway, place)) seen.push(clusterBackupId);
    expect(seen).toEqual(backups.map(({ id }) => id));
  });

  it('waits as long as a refusal says, and asks once more', async ({ expect }) => {
    const place = placeOf(2);
    running.sandbox.faults.add({
      kind: 'error',
      code: 'Throttling.User',
      retryAfterMs: 900,
      times: 3,
      instanceId: place.instanceId,
    });
    const seen = [];
    for await (const backup of backupsOf(gateway, place)) seen.push(backup);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('raises what a whole operation was refused for, and keeps the data of one that failed in part', async ({
    expect,
  }) => {
    await expect(ask(gateway, '{ nothing }')).rejects.toThrow(Refused);
    const partial = '{ viewer { subject } instance(instanceId: "r-nowhere", regionId: "cn-hangzhou") { name } }';
    const { data, errors } = await ask(gateway, partial);
    expect(data).toEqual({ viewer: { subject: 'alice' }, instance: { name: null } });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('can be given up', async ({ expect }) => {
    const controller = new AbortController();
    const asked = ask(gateway, '{ viewer { subject } }', {}, { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toThrow(/abort/);
  });

  it('raises what a subscription is refused for', async ({ expect }) => {
    const token = await signDevelopmentToken({ subject: 'mallory', groups: [], ttlSeconds: 3600 });
    const query = 'subscription { clusterBackupProgress(instanceId: "r-bp1", regionId: "cn-hangzhou") { id } }';
    await expect(events({ ...gateway, token }, query).next()).rejects.toThrow(/Not allowed/);
  });

  it('prints backups and live progress when it is run', async ({ expect }) => {
    const { instanceId, regionId } = placeOf(0);
    const backups = [{ id: 'cb-live', start: Date.now() - MINUTE, status: 'RUNNING', progress: 25 }];
    running.sandbox.backups.set(instanceId, backups);
    const printed = runExample(
      'examples/fetch/main.ts',
      '--url',
      running.url,
      '--region',
      regionId,
      '--instance',
      instanceId,
    );
    const { calls } = running.sandbox;
    const asked = () => calls.recent().filter(({ parameters }) => parameters.InstanceId === instanceId).length;
    await expect.poll(asked).toBeGreaterThan(1);
    (backups[0] as { status: string }).status = 'OK';
    const lines = (await printed).trim().split('\n');
    expect(lines[0]).toMatch(/cb-live {2}RUNNING/);
    expect(lines.slice(1)).toEqual(['cb-live  RUNNING  25 %', 'cb-live  OK  100 %']);
  });
});
