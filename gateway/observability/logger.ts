import { createRequire } from 'node:module';
import pino, { type Logger } from 'pino';
import type { prettyFactory } from 'pino-pretty';
import { REDACTED, redact, SECRET_NAME, spellings } from './redaction.ts';

export type { Logger } from 'pino';

/** Takes whole lines. */
export interface LineOutput {
  write(text: string): unknown;
  /** Whether a person reads it: coloured text instead of JSON. */
  readonly terminal?: boolean;
}

export interface LoggerOptions {
  /** A level of pino, or `silent`. */
  level: string;
  /** Default: standard output, without blocking. */
  output?: LineOutput;
  /** Texts that never leave in a line whatever they look like: the configured keys and passwords. */
  secrets?: readonly (string | undefined)[];
}

const MAX_TEXT_LENGTH = 2_000;
const MAX_STACK_LENGTH = 8_000;
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;

/**
 * A logger whose lines hold no secrets by construction: fields with a secret's name are dropped, texts and objects are
 * bounded, and every finished line passes through {@link redact}, whatever was logged, by whom and at which level.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, output = standardOutput(), secrets = [] } = options;
  const known = spellings(secrets);
  const print = output.terminal ? printer() : (line: string) => line;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => bounded(fields, 0) as Record<string, unknown>,
      },
      // Errors are already plain when pino's own serializer would see them.
      serializers: { err: (plain) => plain },
      hooks: {
        logMethod(args, method) {
          method.apply(this, boundedArguments(args) as typeof args);
        },
        streamWrite: (line) => print(redact(line, known)),
      },
    },
    output,
  );
}

/** Writes a line of a level with these fields and a message. */
export type WriteLine = (level: 'info' | 'error', fields: Record<string, unknown>, message: string) => void;

/**
 * Writes lines as {@link createLogger} does, of fields that are few and whose texts alone may be long: for the one line of each request, of which pino
 * and a copy of every field took 5 µs more.
 */
export function createLineWriter({ level, output = standardOutput(), secrets = [] }: LoggerOptions): WriteLine {
  const known = spellings(secrets);
  const print = output.terminal ? printer() : (line: string) => line;
  const { values } = pino.levels;
  const least = values[level] ?? Number.POSITIVE_INFINITY;
  return (lineLevel, fields, message) => {
    if ((values[lineLevel] ?? 0) < least) return;
    for (const name in fields) {
      const value = fields[name];
      if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) fields[name] = cut(value, MAX_TEXT_LENGTH);
    }
    const members = JSON.stringify(fields).slice(1, -1);
    const line = `{"level":"${lineLevel}","time":"${new Date().toISOString()}",${members},"msg":${JSON.stringify(message)}}\n`;
    output.write(print(redact(line, known)));
  };
}

/** Characters and milliseconds for which lines are held back: written one by one each takes 8 µs, many together 1. */
const HELD_LENGTH = 32_768;
const HELD_MS = 100;

/** Standard output in pieces of many lines, a tenth of a second late at most; what is left is written when the process exits. */
export function standardOutput(): LineOutput {
  const output = pino.destination({ dest: 1, sync: false });
  // A log that cannot be written must not end the process, and there is nowhere left to say so.
  output.on('error', () => {});
  let lines: string[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length > 0) output.write(lines.join(''));
    lines = [];
    length = 0;
  };
  // Before pino's own, which then writes what it was given.
  process.prependListener('exit', release);
  return {
    write(text) {
      lines.push(text);
      length += text.length;
      if (length >= HELD_LENGTH) release();
      else timer ??= setTimeout(release, HELD_MS).unref();
    },
    terminal: process.stdout.isTTY === true,
  };
}

// Loaded only for a terminal: production never pays for it.
function printer(): (line: string) => string {
  const require = createRequire(import.meta.url);
  const pretty: { prettyFactory: typeof prettyFactory } = require('pino-pretty');
  return pretty.prettyFactory({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
}

function boundedArguments(args: readonly unknown[]): unknown[] {
  const [first, ...rest] = args;
  // pino would take the message of an error as it is.
  if (first instanceof Error && rest.length === 0) return [{ err: first }, cut(first.message, MAX_TEXT_LENGTH)];
  if (isErrorHolder(first) && rest.length === 0) return [first, cut(first.err.message, MAX_TEXT_LENGTH)];
  return args.map((value) => (typeof value === 'string' ? cut(value, MAX_TEXT_LENGTH) : value));
}

function isErrorHolder(value: unknown): value is { err: Error } {
  return typeof value === 'object' && value !== null && 'err' in value && value.err instanceof Error;
}

/** A plain copy of a value, no deeper, wider or longer than a line can bear. */
function bounded(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return cut(value, MAX_TEXT_LENGTH);
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  if (value === null || value instanceof Date) return value;
  if (value instanceof URL) return cut(value.href, MAX_TEXT_LENGTH);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => bounded(item, depth + 1));
  if (value instanceof Error) return boundedError(value, depth);
  if (value instanceof Headers || value instanceof Map) return boundedEntries([...value], depth);
  return boundedEntries(Object.entries(value), depth);
}

function boundedError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: cut(error.message, MAX_TEXT_LENGTH),
    ...boundedEntries(Object.entries(error), depth),
    ...(error.cause !== undefined && { cause: bounded(error.cause, depth + 1) }),
    stack: cut(error.stack ?? '', MAX_STACK_LENGTH),
  };
}

function boundedEntries(entries: [unknown, unknown][], depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of entries.slice(0, MAX_ITEMS)) {
    const name = cut(String(key), 100);
    const mayBeSecret = (typeof value === 'string' || typeof value === 'object') && value !== null;
    fields[name] = mayBeSecret && namesSecret(name) ? REDACTED : bounded(value, depth + 1);
  }
  return fields;
}

const namesOfSecrets = new Map<string, boolean>();

/** Remembered for the few names that lines are made of. */
function namesSecret(name: string): boolean {
  const known = namesOfSecrets.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(name);
  if (namesOfSecrets.size < 1_000) namesOfSecrets.set(name, isSecret);
  return isSecret;
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // Before it is cut, lest half a secret is no longer seen to be one.
  const clean = redact(text.slice(0, 2 * length));
  return `${clean.slice(0, length)}... (${text.length} characters)`;
}
