import { crc32 } from 'node:zlib';
import { BadInput } from './bad-input.ts';

/** Which connection a cursor belongs to: cluster backups, shard backups, instances. */
export type CursorKind = 'b' | 's' | 'i';

const VERSION = '1';
const LONGEST = 160;

/**
 * An opaque cursor: version, kind and parts, with a checksum that also covers the scope, as base64url. The scope is
 * everything the cursor must be used with again (account, region, instance, window, filter); it is not in the text itself.
 */
export function encodeCursor(kind: CursorKind, scope: string, parts: readonly (string | number)[]): string {
  const body = [VERSION + kind, tag(scope), ...parts.map(asText)].join('/');
  return Buffer.from(`${body}/${tag(body + scope)}`, 'latin1').toString('base64url');
}

/** The parts of a cursor that `encodeCursor` made for the same kind and scope. Raises `BadInput` for every other text. */
export function decodeCursor(kind: CursorKind, scope: string, text: string, argument: 'after' | 'before'): string[] {
  const plain = text.length < LONGEST ? Buffer.from(text, 'base64url').toString('latin1') : '';
  const parts = plain.split('/');
  const [head, scopeTag] = parts;
  const sum = parts.pop();
  const body = parts.join('/');
  const intact = Buffer.from(plain, 'latin1').toString('base64url') === text && head?.startsWith(VERSION);
  if (!intact || parts.length < 2) throw new BadInput(`${argument}: expected a cursor of this gateway`);
  if (head !== VERSION + kind)
    throw new BadInput(`${argument}: expected a cursor of this connection, got one of another`);
  if (sum !== tag(body + scope)) {
    throw new BadInput(
      scopeTag === tag(scope)
        ? `${argument}: expected a cursor of this gateway`
        : `${argument}: expected a cursor of the same instance, window and filter`,
    );
  }
  return parts.slice(2);
}

// CRC-32 notices every change of up to 32 neighbouring bits, so every flipped bit; it is no secret and need not be one.
function tag(text: string): string {
  return crc32(text).toString(36);
}

function asText(part: string | number): string {
  return typeof part === 'number' ? part.toString(36) : part;
}
