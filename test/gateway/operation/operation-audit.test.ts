import { expect, test } from 'vitest';
import type { AuditRecord } from '../../../gateway/observability/audit-log.ts';
import { OperationAudit } from '../../../gateway/operation/operation-audit.ts';

test('an operation has one record for each resource, field and effect, with the rows that were read', () => {
  const records: AuditRecord[] = [];
  const log = { record: (record: AuditRecord) => void records.push(record), close: async () => {} };
  const audit = new OperationAudit(log, 'request-1', 'alice');
  const action = 'kvstore:DescribeClusterBackupList';
  const field = 'ShardBackup.downloadUrl';
  const allow = { effect: 'ALLOW', policy: 'reader', statement: 0 } as const;
  const deny = { effect: 'IMPLICIT_DENY', policy: null, statement: null } as const;
  for (let row = 0; row < 3; row += 1) audit.note({ action, resource: 'one', field, decision: allow });
  audit.note({ action, resource: 'two', field, decision: deny });
  expect(records).toEqual([]);
  audit.close();
  audit.close();
  const common = { requestId: 'request-1', subject: 'alice', action, field };
  expect(records).toEqual([
    { ...common, resource: 'one', rows: 3, decision: 'ALLOW', policy: 'reader' },
    { ...common, resource: 'two', rows: 1, decision: 'IMPLICIT_DENY', policy: undefined },
  ]);
});
