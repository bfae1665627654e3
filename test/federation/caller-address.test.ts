import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORTAL_SDL, startPortal } from '../../examples/supergraph/portal.ts';
import { runSupergraph } from './running-supergraph.ts';

const FROM_THE_OFFICE = {
  policies: {
    office: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'kvstore:*',
          Resource: '*',
          Condition: { IpAddress: { 'acs:SourceIp': '203.0.113.0/24' } },
        },
      ],
    },
  },
  attachments: [{ subject: 'alice', policies: ['office'] }],
};
const OFFICE = { 'x-forwarded-for': '203.0.113.9' };
const NAME = '{ service(name: "orders") { cache { name } } }';

describe("the caller's address behind a router", () => {
  let folder: string;
  let policies: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'policies-'));
    policies = join(folder, 'policies.json');
    writeFileSync(policies, JSON.stringify(FROM_THE_OFFICE));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const behind = (proxies: number) =>
    runSupergraph([{ name: 'portal', sdl: PORTAL_SDL, start: () => startPortal() }], {
      RAM_POLICIES: policies,
      TRUST_PROXY: String(proxies),
    });

  it('is what a load balancer in front of the router wrote, when both are trusted', async () => {
    await using running = await behind(2);
    const { data } = await running.ask(NAME, 'alice', OFFICE);
    expect(data.service.cache.name).toBe('orders-cluster');
  });

  it('is what the router saw, whatever the client wrote, when only the router is trusted', async () => {
    await using running = await behind(1);
    const { data, errors } = await running.ask(NAME, 'alice', OFFICE);
    expect(data.service.cache.name).toBeNull();
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
    expect(running.sandbox.calls.count()).toBe(0);
  });
});
