/** Where the demo's backup reader may read. */
export const READER_REGION = 'cn-hangzhou';

/** The policies of the sandbox: one that allows everything, and one that allows the backups of a region without their download links. */
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
