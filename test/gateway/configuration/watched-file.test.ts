import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { watchFile } from '../../../gateway/configuration/watched-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'));
  path = join(folder, 'file.json');
  writeFileSync(path, 'one');
  return () => rmSync(folder, { recursive: true });
});

function watch(watched = path, intervalMs?: number) {
  let changes = 0;
  const watching = watchFile(watched, () => void changes++, intervalMs);
  onTestFinished(watching.close);
  return { watching, changes: () => changes };
}

describe('a watched file', () => {
  it('is noticed within two seconds when it is written', async () => {
    const { changes } = watch();
    writeFileSync(path, 'two');
    // Three seconds are for a busy machine.
    await expect.poll(changes, { timeout: 5_000 }).toBe(1);
  });

  it('is noticed when it is replaced by a rename, even by one of the same size and time', async () => {
    const at = new Date('2026-01-01');
    utimesSync(path, at, at);
    const { changes } = watch(path, 20);
    writeFileSync(`${path}.new`, 'two');
    utimesSync(`${path}.new`, at, at);
    renameSync(`${path}.new`, path);
    await expect.poll(changes).toBe(1);
  });

  it('is noticed when a symlink on the way to it is swapped', async () => {
    for (const name of ['first', 'second']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file.json'), name);
    }
    symlinkSync('first', join(folder, '..data'));
    symlinkSync('..data/file.json', join(folder, 'linked.json'));
    const { changes } = watch(join(folder, 'linked.json'), 20);
    symlinkSync('second', join(folder, '..new'));
    renameSync(join(folder, '..new'), join(folder, '..data'));
    await expect.poll(changes).toBe(1);
  });

  it('is noticed when it goes and when it comes back', async () => {
    const { changes } = watch(path, 20);
    rmSync(path);
    await expect.poll(changes).toBe(1);
    writeFileSync(path, 'two');
    await expect.poll(changes).toBeGreaterThanOrEqual(2);
  });

  it('may be missing at the start', async () => {
    const { changes } = watch(join(folder, 'later.json'), 20);
    writeFileSync(join(folder, 'later.json'), 'one');
    await expect.poll(changes).toBeGreaterThanOrEqual(1);
  });

  it('is left alone after the watch is closed, and while nothing happens', async () => {
    const { watching, changes } = watch(path, 20);
    const beside = watch(path, 20);
    watching.close();
    writeFileSync(path, 'two');
    await expect.poll(beside.changes).toBe(1);
    expect(changes()).toBe(0);
  });

  it('is not looked at again while its reader is at work', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const watching = watchFile(
      path,
      async () => {
        most = Math.max(most, ++running);
        writeFileSync(path, `change ${++runs}`);
        await new Promise((resolve) => setTimeout(resolve, 60));
        running--;
      },
      20,
    );
    onTestFinished(watching.close);
    writeFileSync(path, 'two');
    await expect.poll(() => runs).toBe(3);
    expect(most).toBe(1);
  });
});
