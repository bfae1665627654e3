import pino from 'pino';

/** Takes whole lines. */
export interface LineOutput {
  write(text: string): unknown;
  /** Whether a person reads it: coloured text instead of JSON. */
  readonly terminal?: boolean;
}

/** Bytes and milliseconds for which lines are held back: written one by one each takes 8 µs, many together 1. */
const HELD_BYTES = 32_768;
const HELD_MS = 100;
/** UTF-8 has no more for one unit of a text. */
const BYTES_OF_A_UNIT = 3;

/** Standard output in pieces of many lines, a tenth of a second late at most; what is left is written when the process exits. */
export function standardOutput(): LineOutput {
  const output = pino.destination({ dest: 1, sync: false });
  // A log that cannot be written must not end the process, and there is nowhere left to say so.
  output.on('error', () => {});
  // Bytes, as texts that are held are looked at by each collection of garbage.
  const held = Buffer.allocUnsafeSlow(HELD_BYTES);
  let length = 0;
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    if (length > 0) output.write(held.toString('utf8', 0, length));
    length = 0;
  };
  // Before pino's own, which then writes what it was given.
  process.prependListener('exit', release);
  return {
    write(text) {
      const most = text.length * BYTES_OF_A_UNIT;
      if (length + most > HELD_BYTES) release();
      if (most > HELD_BYTES) {
        output.write(text);
        return;
      }
      length += held.write(text, length);
      timer ??= setTimeout(release, HELD_MS).unref();
    },
    terminal: process.stdout.isTTY === true,
  };
}
