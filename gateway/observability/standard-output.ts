import pino from 'pino';

/** Takes whole lines. */
export interface LineOutput {
  write(text: string): unknown;
  /** Whether a person reads it: coloured text instead of JSON. */
  readonly terminal?: boolean;
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
