/** The upstream as an OpenAPI document, as far as the benchmark asks for it. */
export function openApiOf(url) {
  const text = { type: 'string' };
  const number = { type: 'number' };
  const shard = {
    BackupId: text,
    InstanceName: text,
    BackupStatus: text,
    IsAvail: text,
    BackupSize: text,
    BackupStartTime: text,
    BackupEndTime: text,
    ExtraInfo: { type: 'object', properties: { CustinsDbVersion: text } },
  };
  const backup = {
    ClusterBackupId: text,
    ClusterBackupStatus: text,
    ClusterBackupMode: text,
    IsAvail: number,
    ClusterBackupSize: text,
    ClusterBackupStartTime: text,
    ClusterBackupEndTime: text,
    Progress: text,
    Backups: { type: 'array', items: { type: 'object', properties: shard } },
  };
  const page = {
    MaxResults: number,
    PageNumber: number,
    PageSize: number,
    ClusterBackups: { type: 'array', items: { type: 'object', properties: backup } },
  };
  const parameter = (name, required = false) => ({ name, in: 'query', required, schema: text });
  return {
    openapi: '3.0.3',
    info: { title: 'R-KVStore', version: '2015-01-01' },
    servers: [{ url }],
    paths: {
      '/backups': {
        get: {
          operationId: 'describeClusterBackupList',
          parameters: [
            parameter('InstanceId', true),
            parameter('RegionId', true),
            parameter('PageSize'),
            parameter('NoShardBackup'),
          ],
          responses: {
            200: {
              description: 'Backups',
              content: { 'application/json': { schema: { type: 'object', properties: page } } },
            },
          },
        },
      },
    },
  };
}
