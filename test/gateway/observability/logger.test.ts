import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from '../../../gateway/observability/logger.ts';

const HUSH = 'hushhush0123456789';

function capture(options: Partial<LoggerOptions> = {}, terminal = false) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'trace', output: { write: (line) => lines.push(line), terminal }, ...options });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '') };
}

describe('a log line', () => {
  it('is JSON with time, level, fields and message', () => {
    const { logger, last } = capture();
    logger.info({ operation: 'Backups', durationMs: 12.5, cost: 1 }, 'request');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      operation: 'Backups',
      durationMs: 12.5,
      cost: 1,
      msg: 'request',
    });
  });

  it('is text for a person at a terminal', () => {
    const { logger, lines } = capture({}, true);
    logger.warn({ authorization: HUSH }, 'the policies changed');
    expect(lines[0]).toContain('the policies changed');
    expect(lines[0]).not.toMatch(/^\{|hush/);
  });

  it('is left out below its level', () => {
    const { logger, lines } = capture({ level: 'warn' });
    logger.info('quiet');
    expect(lines).toEqual([]);
  });

  it('goes to standard output, as JSON when that is no terminal, all of it even when the process exits at once', () => {
    const module = fileURLToPath(new URL('../../../gateway/observability/logger.ts', import.meta.url));
    const script = `import { createLogger } from ${JSON.stringify(module)};
      const logger = createLogger({ level: 'info' });
      for (let index = 0; index < 1000; index++) logger.info({ index }, 'line');
      process.exit(0);`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });
});

describe('a secret', () => {
  const link = `https://bucket.example/${HUSH}?Signature=x`;
  const failure = Object.assign(new Error(`refused LTAI${HUSH}`, { cause: new Error(`Bearer ${HUSH}`) }), {
    config: { headers: { Authorization: HUSH } },
    errors: [new Error(link)],
  });

  it.each<[string, (logger: ReturnType<typeof capture>['logger']) => void]>([
    ['a message', (logger) => logger.error(`Authorization: ${HUSH}`)],
    ['what a message is filled with', (logger) => logger.error('refused %s and %j', link, { token: HUSH })],
    ['a field', (logger) => logger.info({ authorization: HUSH, Cookie: HUSH, accessKeySecret: HUSH }, 'x')],
    ['a field that is an object', (logger) => logger.info({ credentials: { id: HUSH } }, 'x')],
    [
      'a field deep inside',
      (logger) => logger.info({ a: [{ b: { downloadUrl: HUSH, internalDownloadUrl: HUSH } }] }, 'x'),
    ],
    [
      'headers',
      (logger) => logger.info({ headers: new Headers({ authorization: HUSH, 'x-acs-security-token': HUSH }) }, 'x'),
    ],
    ['a map', (logger) => logger.info({ map: new Map([['password', HUSH]]) }, 'x')],
    ['a URL', (logger) => logger.info({ url: new URL(link) }, 'x')],
    ['an error, its cause and what hangs on it', (logger) => logger.error(failure)],
    ['an error in a field', (logger) => logger.error({ err: failure })],
    ['an error in a field of another name', (logger) => logger.error({ reason: failure }, 'x')],
    ['what a child logger is bound to', (logger) => logger.child({ token: HUSH, note: link }).info('x')],
    ['a text that is cut in the middle of it', (logger) => logger.info(`${' '.repeat(1_990)}LTAI${HUSH}`)],
  ])('in %s is not written', (_where, log) => {
    const { logger, lines } = capture();
    log(logger);
    expect(lines).toHaveLength(1);
    expect(() => JSON.parse(lines[0] ?? '')).not.toThrow();
    expect(lines[0]).not.toContain(HUSH.slice(0, 8));
  });

  it('that was configured is not written, whatever it looks like', () => {
    const { logger, lines } = capture({ secrets: ['correct horse', undefined] });
    logger.info({ a: 'the correct horse' }, 'correct horse');
    expect(lines[0]).not.toContain('horse');
  });

  it('is the only thing taken from an error', () => {
    const { logger, last } = capture();
    logger.error(
      { err: Object.assign(new TypeError('no such thing'), { code: 'ENOENT', retryable: false }) },
      'failed',
    );
    expect(last()).toMatchObject({
      msg: 'failed',
      err: { type: 'TypeError', message: 'no such thing', code: 'ENOENT', retryable: false, stack: expect.any(String) },
    });
  });
});

describe('hostile input', () => {
  it('cannot begin a line of its own or colour a terminal', () => {
    const { logger, lines } = capture();
    logger.info({ userAgent: 'a\r\n{"level":"fatal"}\u001b[31m' }, 'b\n{"level":"fatal"}');
    expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}/u);
  });

  it('makes no line longer than it may be, neither by length nor by depth, width or cycles', () => {
    const { logger, lines } = capture();
    const long = 'a'.repeat(1_000_000);
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    logger.info({ long, cycle, bytes: Buffer.alloc(1_000_000), wide: Array(100_000).fill(1) }, long);
    logger.error(new Error(long));
    logger.info({ [long]: 1, big: 10n, none: undefined, call: () => 1 });
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThan(20_000);
  });
});
