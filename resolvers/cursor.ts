import { crc32 } from 'node:zlib';
import { BadInput } from './bad-input.ts';

/** Which connection a cursor belongs to: cluster backups, shard backups, instances. */
export type CursorKind = 'b' | 's' | 'i';

const VERSION = '1';
/** Ours have less than 160 characters with ids as the upstream makes them; a longer text is not worth decoding. */
const LONGEST = 320;

/**
 * An opaque cursor: version, kind and parts, with a checksum that also covers the scope, as base64url. The scope is
 * everything the cursor must be used with again (account, region, instance, window, filter); it is not in the text itself. Only the
 * last part may have slashes in it.
 */
export function encodeCursor(kind: CursorKind, scope: string, parts: readonly (string | number)[]): string {
  const body = [VERSION + kind, ...parts.map(asText)].join('/');
  return Buffer.from(`${checksum(body, scope)}/${body}`).toString('base64url');
}

/** The `count` parts of a cursor that `encodeCursor` made for the same kind and scope. Raises `BadInput` for every other text. */
export function decodeCursor(
  kind: CursorKind,
  scope: string,
  count: number,
  text: string,
  argument: 'after' | 'before',
): string[] {
  const plain = text.length <= LONGEST ? Buffer.from(text, 'base64url').toString() : '';
  const [sum = '', head = '', ...parts] = plain.split('/');
  if (Buffer.from(plain).toString('base64url') !== text || !/^1[bsi]$/.test(head)) throw notOurs(argument);
  if (head !== VERSION + kind) {
    throw new BadInput(`${argument}: expected a cursor of this connection, got one of another`);
  }
  const body = plain.slice(sum.length + 1);
  if (sum !== checksum(body, scope)) {
    throw new BadInput(`${argument}: expected a cursor that was given for the same instance, window and filter`);
  }
  if (parts.length < count) throw notOurs(argument);
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join('/')];
}

/** What to say of a cursor that no connection of this gateway can have given. */
export function notOurs(argument: 'after' | 'before'): BadInput {
  return new BadInput(`${argument}: expected a cursor of this gateway`);
}

// CRC-32 notices every change of up to 32 neighbouring bits, so every flipped bit; it is no secret and need not be one.
function checksum(body: string, scope: string): string {
  return crc32(`${body}\n${scope}`).toString(36);
}

function asText(part: string | number): string {
  return typeof part === 'number' ? part.toString(36) : part;
}
