import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../resolvers/bad-input.ts';
import { type ClusterBackupsArguments, connectionRequest } from '../../resolvers/cluster-backups/connection.ts';
import { decodeRowCursor, encodeRowCursor, type RowCursor } from '../../resolvers/cluster-backups/cursor.ts';
import { FIRST_MINUTE, LAST_MINUTE } from '../../resolvers/cluster-backups/window.ts';
import { decodeCursor, encodeCursor } from '../../resolvers/cursor.ts';
import { Asker, ROWS } from './asking.ts';
import { instancesAsker, instancesUpstream } from './instance-asking.ts';
import { ListedUpstream } from './listed-upstream.ts';

const NOW = Date.parse('2024-06-30T10:20:30Z');
const HOUR = 3_600_000;
const KEY = { accountId: '1234567890123456', regionId: 'cn-hangzhou', instanceId: 'r-bp1zxszhcgatnx0000' };

function request(given: ClusterBackupsArguments, key = KEY) {
  return connectionRequest(key, given, ROWS, NOW);
}

/** A real cursor, of the third of some backups. */
async function cursorOf(given: ClusterBackupsArguments = {}): Promise<string> {
  const upstream = new ListedUpstream(NOW);
  for (let index = 0; index < 40; index++) {
    upstream.backups.push({
      id: `cb-${'0123456789abcdef'.slice(0, 13)}${index + 100}`,
      start: NOW - (index + 1) * HOUR,
    });
  }
  const asker = new Asker({ store: upstream.store, key: { ...KEY, instanceId: upstream.key.instanceId }, now: NOW });
  return (await asker.page({ ...given, first: 3 })).cursor(2);
}

/** The key that `cursorOf` reads. */
const READ = { ...KEY, instanceId: new ListedUpstream(NOW).key.instanceId };

describe('a cursor', () => {
  it('has less than 160 characters', async () => {
    expect((await cursorOf()).length).toBeLessThan(160);
    const marks = {
      near: { end: LAST_MINUTE, offset: 2_999 },
      middle: undefined,
      far: { end: LAST_MINUTE, offset: 2_999 },
    };
    const largest = encodeRowCursor('scope', {
      window: { start: Date.UTC(2015, 0) / 1_000, end: Date.UTC(2099, 0) / 1_000 },
      position: { startTime: '2026-11-24T22:15:42Z', clusterBackupId: 'cb-hyxdof5x9kqbtust' },
      longest: 7_200,
      marks: { ...marks, middle: marks.near },
    });
    expect(largest.length).toBeLessThan(160);
  });

  it('comes back as it went, for whatever it may remember', () => {
    const moment = fc.integer({ min: FIRST_MINUTE + 3_600, max: LAST_MINUTE - 3_600 });
    const mark = fc.record({
      end: fc.integer({ min: -10_000, max: 100_000 }),
      offset: fc.integer({ min: 0, max: 100_000 }),
    });
    const cursors = fc.record({
      start: moment,
      before: fc.integer({ min: 0, max: 3_600 }),
      after: fc.integer({ min: 0, max: 3_600 }),
      // Whatever the upstream may have for an id.
      id: fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
      longest: fc.integer({ min: 3_600, max: 1_000_000 }),
      marks: fc.option(fc.record({ near: mark, middle: fc.option(mark, { nil: undefined }), far: mark }), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(cursors, fc.string(), ({ start, before, after, id, longest, marks }, scope) => {
        fc.pre(id.length <= 128);
        const minute = Math.floor(start / 60);
        const at = ({ end, offset }: { end: number; offset: number }) => ({
          end: Math.min(LAST_MINUTE, (minute + end) * 60),
          offset,
        });
        const cursor: RowCursor = {
          window: { start: start - before, end: start + after },
          position: { startTime: `${new Date(start * 1_000).toISOString().slice(0, 19)}Z`, clusterBackupId: id },
          longest,
          marks: marks && { near: at(marks.near), middle: marks.middle && at(marks.middle), far: at(marks.far) },
        };
        expect(decodeRowCursor(scope, encodeRowCursor(scope, cursor), 'after')).toEqual(cursor);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused with any bit of its text or of its bytes flipped', async () => {
    const cursor = await cursorOf();
    expect(request({ after: cursor }, READ).after).toBeDefined();
    for (const encoding of ['latin1', 'base64url'] as const) {
      const bytes = Buffer.from(cursor, encoding);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => request({ after: flipped.toString(encoding) }, READ), `${encoding} bit ${bit}`).toThrow(BadInput);
      }
    }
  });

  it('is refused with anything cut off, added or doubled', async () => {
    const cursor = await cursorOf();
    for (const other of [
      cursor.slice(1),
      cursor.slice(0, -1),
      `${cursor}=`,
      `${cursor}A`,
      ` ${cursor}`,
      cursor + cursor,
    ]) {
      expect(() => request({ after: other }, READ)).toThrow(BadInput);
    }
  });

  it('is refused for another window, filter, instance, region, account and connection', async () => {
    const endTime = NOW - HOUR;
    const cursor = await cursorOf({ endTime, filter: { mode: ['AUTOMATED'] } });
    const given = { endTime, filter: { mode: ['AUTOMATED'] }, after: cursor };
    expect(request(given, READ).after).toBeDefined();
    const others: [ClusterBackupsArguments, typeof KEY][] = [
      [{ ...given, endTime: endTime + 1 }, READ],
      [{ ...given, startTime: endTime - 30 * 24 * HOUR }, READ],
      [{ after: cursor }, READ],
      [{ ...given, filter: { mode: ['MANUAL'] } }, READ],
      [{ ...given, filter: undefined }, READ],
      [{ ...given, filter: { mode: ['AUTOMATED'], isAvailable: true } }, READ],
      [given, { ...READ, instanceId: 'r-bp1zxszhcgatnx0001' }],
      [given, { ...READ, regionId: 'cn-shanghai' }],
      [given, { ...READ, accountId: '1234567890123457' }],
    ];
    for (const [other, key] of others) expect(() => request(other, key)).toThrow(BadInput);
    const upstream = instancesUpstream(4);
    const instances = await instancesAsker(upstream)({ first: 2 });
    expect(() => request({ after: instances.cursor(1) }, READ)).toThrow('got one of another');
    await expect(instancesAsker(upstream)({ after: cursor })).rejects.toThrow('got one of another');
  });

  it('stands for a filter however its values are listed', async () => {
    const cursor = await cursorOf({ filter: { status: ['OK', 'RUNNING'] } });
    expect(request({ after: cursor, filter: { status: ['RUNNING', 'OK', 'OK'] } }, READ).after).toBeDefined();
  });

  it('is refused where its parts make no sense, although its checksum is right', () => {
    const scope = request({}).scope;
    const row = ['2s', '5', '2q', '0', '', '', '', 'cb-1'];
    const made = (...parts: string[]) => request({ after: encodeCursor('b', scope, parts) });
    expect(() => made(...row)).not.toThrow();
    for (const [index, wrong] of [
      [0, ''],
      [0, 'zzzzzzzz'],
      [1, '-1'],
      [2, 'zz'],
      [2, '2m'],
      [3, '1.5'],
      [4, '1'],
      [5, 'a.b.c'],
      [5, '1.-1'],
      [6, '1.zzzzzzz'],
      [7, ''],
    ] as const) {
      const parts = [...row];
      parts[index] = wrong;
      expect(() => made(...parts), `${index}: ${wrong}`).toThrow(BadInput);
    }
    expect(() => made(...row.slice(1))).toThrow(BadInput);
    expect(() => made()).toThrow(BadInput);
    expect(decodeCursor('b', 's', 2, encodeCursor('b', 's', ['1', 'a/b']), 'after')).toEqual(['1', 'a/b']);
  });

  it('comes to nothing but BadInput from 100,000 random texts', () => {
    const bytes = fc.uint8Array({ maxLength: 150 }).map((array) => Buffer.from(array).toString('base64url'));
    const parts = fc
      .array(fc.string({ maxLength: 8 }), { maxLength: 10 })
      .map((each) => encodeCursor('b', 'another scope', each));
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      bytes,
      parts,
      fc.base64String({ maxLength: 200 }),
    );
    let refused = 0;
    fc.assert(
      fc.property(texts, fc.constantFrom('after' as const, 'before' as const), (text, argument) => {
        try {
          request({ [argument]: text });
        } catch (error) {
          if (!(error instanceof BadInput)) throw error;
          refused += 1;
        }
      }),
      { numRuns: 100_000 },
    );
    expect(refused).toBe(100_000);
  });
});

describe('the arguments of a page', () => {
  it.each([
    [{ first: -1 }, 'first: expected 0 to 300, got -1'],
    [{ last: -1 }, 'last: expected 0 to 300, got -1'],
    [{ first: 301 }, 'first: expected 0 to 300, got 301'],
    [{ last: 301 }, 'last: expected 0 to 300, got 301'],
    [{ first: 1, last: 1 }, 'expected one of them, got both'],
    [{ after: '' }, 'after: expected a cursor'],
    [{ before: 'rubbish' }, 'before: expected a cursor'],
    [{ after: '%%%' }, 'after: expected a cursor'],
    [{ startTime: NOW + 1_000 }, 'startTime: expected a time before now'],
    [{ startTime: NOW, endTime: NOW - 1 }, 'startTime: expected a time before endTime'],
  ])('%j are refused before any call', (given, message) => {
    expect(() => request(given)).toThrow(BadInput);
    expect(() => request(given)).toThrow(message);
  });

  it('may be both cursors, of one walk', async () => {
    const upstream = new ListedUpstream(NOW);
    for (let index = 0; index < 30; index++)
      upstream.backups.push({ id: `cb-${index}`, start: NOW - (index + 1) * HOUR });
    const page = await new Asker(upstream).page({ first: 20 });
    const [after, before] = [page.cursor(2), page.cursor(8)];
    const between = await new Asker(upstream).page({ after, before });
    expect(between.rows.map(({ clusterBackupId }) => clusterBackupId)).toEqual([
      'cb-3',
      'cb-4',
      'cb-5',
      'cb-6',
      'cb-7',
    ]);
    upstream.now += 5_000;
    const later = (await new Asker(upstream).page({ first: 20 })).cursor(8);
    expect(() => connectionRequest(upstream.key, { after, before: later }, ROWS, NOW)).toThrow('of the same walk');
  });

  it('without a count mean 20, next to the cursor', async () => {
    expect(request({})).toMatchObject({ from: 'start', count: 20 });
    const cursor = await cursorOf();
    expect(request({ before: cursor }, READ)).toMatchObject({ from: 'end', count: 20 });
    expect(request({ after: cursor }, READ)).toMatchObject({ from: 'start', count: 20 });
  });
});
