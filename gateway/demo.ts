import { signDevelopmentToken } from './authentication/development-key.ts';

/** Somebody to try the sandbox as. */
export interface DemoPrincipal {
  name: string;
  description: string;
  subject: string;
  groups: readonly string[];
  token: string;
}

const READER_REGION = 'cn-hangzhou';

/** The policies of the sandbox: everything, the backups of one region, and nothing. */
export const DEMO_POLICIES = {
  policies: {
    administrator: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'kvstore:*', Resource: '*' }] },
    'backup-reader': {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['kvstore:DescribeInstances', 'kvstore:DescribeClusterBackupList'],
          Resource: `acs:kvstore:${READER_REGION}:*:instance/*`,
        },
        {
          Effect: 'Deny',
          Action: 'kvstore:DescribeClusterBackupList',
          Resource: '*',
          Condition: {
            StringEquals: { 'gateway:Field': ['ShardBackup.downloadUrl', 'ShardBackup.internalDownloadUrl'] },
          },
        },
      ],
    },
  },
  attachments: [
    { group: 'administrators', policies: ['administrator'] },
    { group: 'backup-readers', policies: ['backup-reader'] },
    { subject: 'alice', policies: ['administrator'] },
  ],
};

const PRINCIPALS = [
  {
    name: 'Administrator',
    description: 'reads everything, download links included',
    subject: 'alice',
    groups: ['administrators'],
  },
  {
    name: 'Backup reader',
    description: `reads the backups of ${READER_REGION}, without download links`,
    subject: 'bob',
    groups: ['backup-readers'],
  },
  { name: 'Guest', description: 'is signed in, and may read nothing', subject: 'mallory', groups: [] },
] as const;

/** How long a printed token works. */
const TTL_SECONDS = 24 * 3600;

/** The three principals of the sandbox, each with a token that works for a day. */
export function demoPrincipals(now: () => number = Date.now): Promise<DemoPrincipal[]> {
  return Promise.all(
    PRINCIPALS.map(async ({ name, description, subject, groups }) => ({
      name,
      description,
      subject,
      groups,
      token: await signDevelopmentToken({ subject, groups, ttlSeconds: TTL_SECONDS }, now),
    })),
  );
}
