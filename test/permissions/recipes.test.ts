import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DESCRIBE_CLUSTER_BACKUP_LIST, DESCRIBE_INSTANCES, instanceResource } from '../../permissions/kvstore.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import type { Principal } from '../../permissions/principal.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { blocksOf, document } from '../docs/markdown.ts';

const folder = new URL('../../docs/policies/', import.meta.url);
const guide = document('docs/permissions.md');

interface Read extends Partial<Principal> {
  action?: string;
  region?: string;
  account?: string;
  instance?: string;
  field?: string;
  tags?: Record<string, string>;
}
type Expectation = [who: string, read: Read, effect: 'ALLOW' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY'];

const LINK = 'ShardBackup.downloadUrl';

const RECIPES: Record<string, Expectation[]> = {
  'one-team-one-region.json': [
    ['the team reads backups in its region', { groups: ['hangzhou-dba'] }, 'ALLOW'],
    [
      'the team lists instances of its region',
      { groups: ['hangzhou-dba'], action: DESCRIBE_INSTANCES, instance: '*' },
      'ALLOW',
    ],
    ['the team reads nothing in another region', { groups: ['hangzhou-dba'], region: 'cn-beijing' }, 'IMPLICIT_DENY'],
    [
      'the team reads nothing of another account',
      { groups: ['hangzhou-dba'], account: '9999999999999999' },
      'IMPLICIT_DENY',
    ],
    ['another team reads nothing', { groups: ['beijing-dba'] }, 'IMPLICIT_DENY'],
  ],
  'hide-download-links.json': [
    ['sre read links', { groups: ['sre'], field: LINK }, 'ALLOW'],
    ['support reads backups', { groups: ['support'], field: 'ShardBackup.sizeBytes' }, 'ALLOW'],
    ['support reads no links', { groups: ['support'], field: LINK }, 'EXPLICIT_DENY'],
    [
      'support reads no internal links',
      { groups: ['support'], field: 'ShardBackup.internalDownloadUrl' },
      'EXPLICIT_DENY',
    ],
    ['who is in both reads no links', { groups: ['sre', 'support'], field: LINK }, 'EXPLICIT_DENY'],
  ],
  'only-from-the-office.json': [
    ['from the office', { groups: ['sre'], sourceIp: '203.0.113.9' }, 'ALLOW'],
    ['from the office by IPv6', { groups: ['sre'], sourceIp: '2001:db8:77::5' }, 'ALLOW'],
    ['from elsewhere', { groups: ['sre'], sourceIp: '198.51.100.7' }, 'EXPLICIT_DENY'],
    ['from nobody knows where', { groups: ['sre'], sourceIp: '' }, 'EXPLICIT_DENY'],
    [
      'from the office without https',
      { groups: ['sre'], sourceIp: '203.0.113.9', secureTransport: false },
      'EXPLICIT_DENY',
    ],
  ],
  'only-with-mfa.json': [
    ['sre read backups without', { groups: ['sre'], field: 'ShardBackup.name' }, 'ALLOW'],
    ['sre read no links without', { groups: ['sre'], field: LINK }, 'EXPLICIT_DENY'],
    ['sre read links with', { groups: ['sre'], field: LINK, mfaPresent: true }, 'ALLOW'],
    ['contractors read nothing without', { groups: ['contractors'] }, 'EXPLICIT_DENY'],
    ['contractors read backups with', { groups: ['contractors'], mfaPresent: true }, 'ALLOW'],
  ],
  'by-instance-tag.json': [
    ['their own instances', { groups: ['payments'], tags: { team: 'payments' } }, 'ALLOW'],
    ['instances of others', { groups: ['payments'], tags: { team: 'search' } }, 'IMPLICIT_DENY'],
    ['instances without tags', { groups: ['payments'], tags: {} }, 'IMPLICIT_DENY'],
    ['production', { groups: ['payments'], tags: { team: 'payments', stage: 'Production' } }, 'EXPLICIT_DENY'],
    [
      'production while on call',
      { groups: ['payments', 'on-call'], tags: { team: 'payments', stage: 'production' } },
      'ALLOW',
    ],
    ['the list of instances', { groups: ['payments'], action: DESCRIBE_INSTANCES, instance: '*' }, 'ALLOW'],
  ],
};

describe('the recipes', () => {
  it('are all tested here and explained in the guide', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(RECIPES).sort());
    for (const name of Object.keys(RECIPES)) expect(guide).toContain(`(policies/${name})`);
  });

  describe.each(Object.entries(RECIPES))('%s', (name, expectations) => {
    const { policies, warnings } = parsePolicyFile(readFileSync(new URL(name, folder), 'utf8'));

    it('loads without a warning', () => {
      expect(warnings).toEqual([]);
    });

    it.each(expectations)('%s: %j is %s', (_, read, effect) => {
      const principal: Principal = {
        subject: read.subject ?? 'alice',
        groups: read.groups ?? [],
        sourceIp: read.sourceIp ?? '127.0.0.1',
        secureTransport: read.secureTransport ?? true,
        mfaPresent: read.mfaPresent ?? false,
      };
      const resource = instanceResource(
        read.region ?? 'cn-hangzhou',
        read.account ?? '1234567890123456',
        read.instance ?? 'r-bp1cluster0000001',
      );
      const tags = read.tags && new Map(Object.entries(read.tags));
      const decision = createRequestPermissions(policies.forPrincipal(principal), principal)
        .on(read.action ?? DESCRIBE_CLUSTER_BACKUP_LIST, resource)
        .decide(read.field, tags);
      expect(decision.effect).toBe(effect);
    });
  });

  it('of the guide itself loads', () => {
    const blocks = blocksOf(guide, 'json');
    expect(blocks).toHaveLength(1);
    for (const block of blocks) expect(parsePolicyFile(block).warnings).toEqual([]);
  });
});
