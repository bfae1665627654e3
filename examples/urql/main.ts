import { gatewayAndInstance } from '../command-line.ts';
import { createUrqlClient } from './client.ts';
import { watchProgress } from './progress.ts';

// `node examples/urql/main.ts`: a bar for each running backup of an instance, until the last of them has ended.
const { gateway, place } = await gatewayAndInstance();

await watchProgress(createUrqlClient(gateway), place, ({ clusterBackupId, status, progressPercent }) => {
  const done = Math.round((progressPercent ?? 0) / 5);
  console.log(`${clusterBackupId} ${'█'.repeat(done)}${'░'.repeat(20 - done)} ${progressPercent} % ${status}`);
});
