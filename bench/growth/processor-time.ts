import { send } from '../client.ts';
import type { Running } from '../contenders.ts';
import type { Target } from '../target.ts';

const CONNECTIONS = 8;
/** Of the server's time for one batch, in microseconds, and how many requests there are in it at least and at most. */
const BATCH_MICROSECONDS = 200_000;
const BATCH = { least: 8, most: 10_000 };
const BATCHES = 3;

/** Microseconds of processor time that a request takes a server that has had enough of them: the least of a few batches, which others disturb least. */
export async function processorTime({ server }: Running, target: Target, headers = [target.headers]): Promise<number> {
  const batch = async (requests: number) => {
    const before = await server.usage();
    await send(target, { requests, connections: CONNECTIONS }, headers);
    return ((await server.usage()).cpuMicroseconds - before.cpuMicroseconds) / requests;
  };
  let microseconds = await batch(100);
  const least: number[] = [];
  for (let index = 0; index <= BATCHES; index++) {
    microseconds = await batch(
      Math.round(Math.min(BATCH.most, Math.max(BATCH.least, BATCH_MICROSECONDS / microseconds))),
    );
    // The first one of them compiles.
    if (index > 0) least.push(microseconds);
  }
  return Math.min(...least);
}

/** What a server holds more after something has been done than before. */
export async function heldFor({ server }: Running, done: () => Promise<unknown>): Promise<number> {
  const before = await server.usage('collect');
  await done();
  return (await server.usage('collect')).heldBytes - before.heldBytes;
}
