import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const file = (subject: string) =>
  JSON.stringify({
    policies: { all: { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
    attachments: [{ subject, policies: ['all'] }],
  });

describe('the policy file', () => {
  let folder: string;
  let path: string;
  let running: RunningGateway;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kvstore-gateway-'));
    path = join(folder, 'policies.json');
    writeFileSync(join(folder, 'first.json'), file('alice'));
    symlinkSync(join(folder, 'first.json'), path);
    running = await runGateway({ RAM_POLICIES: path });
  });
  afterEach(async () => {
    await running[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const mayRead = async () => {
    const { instanceId, regionId } = running.sandbox.demo;
    const { body } = await running.ask(`{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { name } }`);
    return body.data.instance.name !== null;
  };
  const readiness = async () =>
    (await (await fetch(`${running.url}/ready`)).json()) as { ready: boolean; policies: { fault?: string } };

  it('is read again when its symlink is swapped, and takes rights away', async () => {
    expect(await mayRead()).toBe(true);
    writeFileSync(join(folder, 'second.json'), file('somebody else'));
    symlinkSync(join(folder, 'second.json'), join(folder, 'next'));
    renameSync(join(folder, 'next'), path);
    await expect.poll(mayRead, { timeout: 8_000 }).toBe(false);
  });

  it('keeps the last good one in force while it is broken, and says so', async () => {
    writeFileSync(path, file('alice').replace('"Allow"', '"allow"'));
    await expect
      .poll(async () => (await readiness()).policies.fault, { timeout: 8_000 })
      .toMatch(/policies\.all\.Statement\[0\]\.Effect/);
    expect(await mayRead()).toBe(true);
    expect((await readiness()).ready).toBe(true);
    expect(running.output.join('')).toMatch(/last good one stays in force/);
    writeFileSync(path, '{ broken');
    await expect
      .poll(async () => (await readiness()).policies.fault, { timeout: 8_000 })
      .toMatch(/^the file: does not load/);
    writeFileSync(path, file('somebody else'));
    await expect.poll(mayRead, { timeout: 8_000 }).toBe(false);
    expect((await readiness()).policies.fault).toBeUndefined();
  });
});
