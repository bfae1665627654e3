import { gatewayAndInstance } from '../command-line.ts';
import { backupsOf } from './backups.ts';
import { events } from './events.ts';

// `node examples/fetch/main.ts`: prints the backups of an instance, then watches those that run.
const { gateway, place } = await gatewayAndInstance();

for await (const { clusterBackupId, status, startTime, sizeBytes } of backupsOf(gateway, place)) {
  console.log(`${startTime}  ${clusterBackupId}  ${status}  ${sizeBytes} bytes`);
}

const PROGRESS = `
  subscription Progress($instanceId: String!, $regionId: String!) {
    clusterBackupProgress(instanceId: $instanceId, regionId: $regionId) { clusterBackupId status progressPercent }
  }
`;
interface Progress {
  clusterBackupProgress: { clusterBackupId: string; status: string; progressPercent: number };
}
for await (const { clusterBackupProgress: backup } of events<Progress>(gateway, PROGRESS, place)) {
  console.log(`${backup.clusterBackupId}  ${backup.status}  ${backup.progressPercent} %`);
}
