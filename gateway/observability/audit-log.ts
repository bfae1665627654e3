import { open } from 'node:fs/promises';
import type { Logger } from 'pino';
import { redact } from './redaction.ts';
import type { LineOutput } from './standard-output.ts';

/** A decision for the audit log: a denial, or a read of download links. */
export interface AuditRecord {
  readonly requestId: string;
  /** Absent for an anonymous caller. */
  readonly subject: string | undefined;
  /** RAM action (`kvstore:DescribeClusterBackupList`). */
  readonly action: string;
  /** RAM resource (`acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1`). */
  readonly resource: string;
  /** The field that was read (`ShardBackup.downloadUrl`). */
  readonly field: string;
  /** How many objects the field was read of. */
  readonly rows: number;
  readonly decision: 'ALLOW' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';
  /** The name of the policy that decided; absent when none did. */
  readonly policy: string | undefined;
}

export interface AuditLog {
  /** Takes note; never waits and never throws. */
  record(record: AuditRecord): void;
  /** Writes all that is held back, and resolves when it is written. */
  close(): Promise<void>;
}

export interface AuditLogOptions {
  /** Of a file to append to; absent: `output`. */
  path: string | undefined;
  /** Standard output, shared with the logger so that lines do not mix. */
  output: LineOutput;
  /** Hears of lines that could not be written. */
  logger: Pick<Logger, 'error'>;
  /** Milliseconds during which repeats become one line. */
  windowMs?: number;
  now?: () => number;
}

const WINDOW_MS = 10_000;
/** Keys and request ids held back together; beyond it everything is written early. */
const MAX_HELD = 10_000;
const MAX_TEXT_LENGTH = 512;
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * The audit log: one JSON line for each principal, action, resource, field, decision and policy within a window, written at
 * the window's end with the number of operations (`count`) and the sum of their rows. `time` and `requestId` are those of the
 * first.
 *
 * @throws Error when the file cannot be opened.
 */
export async function createAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { path, output, logger, windowMs = WINDOW_MS, now = Date.now } = options;
  const sink = path === undefined ? outputSink(output) : await fileSink(path, logger);
  /** In the order of their first occurrence, so the oldest come first. */
  const folded = new Map<string, Folded>();
  let held = 0;
  let timer: NodeJS.Timeout | undefined;

  const writeUntil = (time: number) => {
    let lines = '';
    for (const [key, fold] of folded) {
      if (fold.time > time) break;
      folded.delete(key);
      held -= 1 + fold.requestIds.size;
      lines += toLine(fold);
    }
    if (lines !== '') sink.write(lines);
  };

  const arm = () => {
    const [oldest] = folded.values();
    if (timer !== undefined || oldest === undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        writeUntil(now() - windowMs);
        arm();
      },
      Math.min(windowMs, Math.max(1, oldest.time + windowMs - now())),
    );
    timer.unref();
  };

  return {
    record(wholeEntry) {
      const entry = bounded(wholeEntry);
      const key = keyOf(entry);
      let fold = folded.get(key);
      // The timer may be late under load; the window must not grow with that.
      if (fold !== undefined && now() - fold.time >= windowMs) {
        writeUntil(fold.time);
        fold = undefined;
      }
      if (fold === undefined) {
        fold = { entry, time: now(), rows: 0, requestIds: new Set() };
        folded.set(key, fold);
        held += 1;
      }
      fold.rows += entry.rows;
      const before = fold.requestIds.size;
      held += fold.requestIds.add(entry.requestId).size - before;
      if (held > MAX_HELD) writeUntil(Number.POSITIVE_INFINITY);
      arm();
    },
    async close() {
      clearTimeout(timer);
      writeUntil(Number.POSITIVE_INFINITY);
      await sink.close();
    },
  };
}

interface Folded {
  entry: AuditRecord;
  /** Epoch milliseconds of the first occurrence. */
  time: number;
  rows: number;
  /** Of the operations: one that reads in several places counts once. */
  requestIds: Set<string>;
}

function keyOf({ subject, action, resource, field, decision, policy }: AuditRecord): string {
  return JSON.stringify([subject, action, resource, field, decision, policy]);
}

function toLine({ entry, time, rows, requestIds }: Folded): string {
  const { requestId, subject = null, action, resource, field, decision, policy = null } = entry;
  const line = {
    time: new Date(time).toISOString(),
    requestId,
    subject,
    action,
    resource,
    field,
    rows,
    decision,
    policy,
  };
  return `${redact(JSON.stringify({ ...line, count: requestIds.size }))}\n`;
}

/** Parts of a resource come from the caller; what is held back must not grow with them. */
function bounded(entry: AuditRecord): AuditRecord {
  const cut = (text: string) => text.slice(0, MAX_TEXT_LENGTH);
  return { ...entry, requestId: cut(entry.requestId), resource: cut(entry.resource), field: cut(entry.field) };
}

interface Sink {
  write(lines: string): void;
  close(): Promise<void>;
}

function outputSink(output: LineOutput): Sink {
  return { write: (lines) => void output.write(lines), close: async () => {} };
}

/** Appends one piece after the other. What could not be written is kept, within bounds, and tried again with the next. */
async function fileSink(path: string, logger: Pick<Logger, 'error'>): Promise<Sink> {
  const file = await open(path, 'a', 0o600);
  let unwritten = Buffer.alloc(0);
  let writing: Promise<void> | undefined;

  const drain = async () => {
    while (unwritten.length > 0) {
      try {
        const { bytesWritten } = await file.write(unwritten);
        unwritten = unwritten.subarray(bytesWritten);
      } catch (error) {
        logger.error({ path, err: error }, 'the audit log cannot be written, its lines are kept');
        break;
      }
    }
    writing = undefined;
  };

  return {
    write(lines) {
      if (unwritten.length + lines.length > MAX_UNWRITTEN_BYTES) {
        logger.error({ path }, 'the audit log cannot be written, lines are lost');
        return;
      }
      unwritten = Buffer.concat([unwritten, Buffer.from(lines)]);
      writing ??= drain();
    },
    async close() {
      await writing;
      await drain();
      await file.close();
    },
  };
}
