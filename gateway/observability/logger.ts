import { createRequire } from 'node:module';
import pino, { type Logger } from 'pino';
import type { prettyFactory } from 'pino-pretty';
import { bounded, cut, MAX_TEXT_LENGTH } from './bounded.ts';
import { redact, spellings } from './redaction.ts';
import { type LineOutput, standardOutput } from './standard-output.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** A level of pino, or `silent`. */
  level: string;
  /** Default: standard output, without blocking. */
  output?: LineOutput;
  /** Texts that never leave in a line whatever they look like: the configured keys and passwords. */
  secrets?: readonly (string | undefined)[];
}

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
        log: (fields) => bounded(fields) as Record<string, unknown>,
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

/**
 * Writes a line of a level with a message. `once` has texts that are new in every line, `fields` numbers, objects, and texts that come again. Their
 * names are the gateway's own.
 */
export type WriteLine = (
  level: 'info' | 'error',
  once: Readonly<Record<string, string | undefined>>,
  fields: Readonly<Record<string, unknown>>,
  message: string,
) => void;

/** Texts that come again, such as subjects and the names of operations. */
const MOST_TEXTS = 1_000;

/**
 * Writes lines as {@link createLogger} does, of few fields: for the one line of each request, of which pino and a copy of every field took 5 µs
 * more, and looking through whole lines for secrets, instead of through what is new in them, 2 µs.
 */
export function createLineWriter({ level, output = standardOutput(), secrets = [] }: LoggerOptions): WriteLine {
  const known = spellings(secrets);
  const print = output.terminal ? printer() : (line: string) => line;
  const { values } = pino.levels;
  const least = values[level] ?? Number.POSITIVE_INFINITY;
  const json = (value: unknown) =>
    redact(JSON.stringify(typeof value === 'string' ? cut(value, MAX_TEXT_LENGTH) : value), known);
  // Numbers hold no secrets, and are not looked through.
  const jsonOf = (value: unknown) => (typeof value === 'number' ? JSON.stringify(value) : json(value));
  const texts = new Map<string, string>();
  const jsonAgain = (text: string) => {
    let written = texts.get(text);
    if (written === undefined) {
      written = json(text);
      if (texts.size >= MOST_TEXTS) texts.clear();
      texts.set(text, written);
    }
    return written;
  };
  const time = isoTime();
  return (lineLevel, once, fields, message) => {
    if ((values[lineLevel] ?? 0) < least) return;
    let line = `{"level":"${lineLevel}","time":"${time()}"`;
    for (const name in once) {
      const text = once[name];
      if (text !== undefined) line += `,"${name}":${json(text)}`;
    }
    for (const name in fields) {
      const value = fields[name];
      if (value !== undefined) line += `,"${name}":${typeof value === 'string' ? jsonAgain(value) : jsonOf(value)}`;
    }
    output.write(print(`${line},"msg":${jsonAgain(message)}}\n`));
  };
}

/** The present as a log has it; the same text within a millisecond. */
function isoTime(): () => string {
  let known = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== known) {
      known = now;
      text = new Date(now).toISOString();
    }
    return text;
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
  // pino would write the error's message without a bound.
  if (first instanceof Error && rest.length === 0) return [{ err: first }, cut(first.message, MAX_TEXT_LENGTH)];
  if (isErrorHolder(first) && rest.length === 0) return [first, cut(first.err.message, MAX_TEXT_LENGTH)];
  return args.map((value) => (typeof value === 'string' ? cut(value, MAX_TEXT_LENGTH) : value));
}

function isErrorHolder(value: unknown): value is { err: Error } {
  return typeof value === 'object' && value !== null && 'err' in value && value.err instanceof Error;
}
