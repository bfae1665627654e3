import { readFileSync, statSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import { JwkSetError, parseJwkSet } from '../authentication/jwk-set.ts';
import type { JwksSource } from '../authentication/verification-keys.ts';

// What the texts of the environment mean. Each function gives the value, or raises UnfitValue.

/** Why a value is wrong, where what it takes would not help enough. Never repeats a file's content. */
export class UnfitValue extends Error {}

const accounts = z.array(
  z.strictObject({
    id: z.string().regex(/^\d{16}$/),
    /** The `Config` of `@alicloud/credentials`, which checks it itself. */
    credentials: z.record(z.string(), z.unknown()),
    regions: z.array(z.string().min(1)).optional(),
  }),
);

/** One more account of the `ACCOUNTS` file. */
export type AccountConfiguration = Readonly<z.output<typeof accounts>[number]>;

export function toUrl(value: string, protocols: readonly string[]): URL {
  const url = URL.parse(value);
  if (url === null || url.hostname === '') throw new UnfitValue('not a URL');
  if (!protocols.includes(url.protocol)) throw new UnfitValue(`${url.protocol} is not taken`);
  return url;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback({ hostname }: URL): boolean {
  if (hostname === 'localhost') return true;
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) > 0 && LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

export function isLoopbackUrl(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && isLoopback(url);
}

export function encryptedOrLocal(url: URL): URL {
  if (url.protocol === 'http:' && !isLoopback(url)) throw new UnfitValue('http only on loopback');
  return url;
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UnfitValue(fileFault(error));
  }
}

function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
  };
  return words[String(code)] ?? 'it cannot be read';
}

export function toJwksSource(value: string): JwksSource {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    return { kind: 'url', url: encryptedOrLocal(toUrl(value, ['https:', 'http:'])).href };
  }
  try {
    parseJwkSet(readText(value));
  } catch (error) {
    throw error instanceof JwkSetError ? new UnfitValue(error.message) : error;
  }
  return { kind: 'file', path: value };
}

export function toAccounts(path: string): AccountConfiguration[] {
  const content = readText(path);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new UnfitValue('not JSON');
  }
  const parsed = accounts.safeParse(json);
  if (!parsed.success) throw new UnfitValue(parsed.error.issues.map(accountFault).slice(0, 3).join('; '));
  const ids = new Set(parsed.data.map(({ id }) => id));
  if (ids.size < parsed.data.length) throw new UnfitValue('an id is there twice');
  return parsed.data;
}

// Says where and what, never what was there: the file holds secrets.
function accountFault({ path: [index, ...rest] }: z.core.$ZodIssue): string {
  if (typeof index !== 'number') return 'not an array';
  const fields: Record<string, string> = {
    id: 'id is not a text of 16 digits',
    credentials: 'credentials is not an object',
    regions: 'regions is not an array of texts',
  };
  return `entry ${index + 1}: ${fields[String(rest[0])] ?? 'not exactly { id, credentials, regions? }'}`;
}

export function toOrigins(value: string): readonly string[] {
  const origins = value.split(',').map((part) => {
    const origin = part.trim();
    if (toUrl(origin, ['https:', 'http:']).origin !== origin.toLowerCase()) {
      throw new UnfitValue(`${JSON.stringify(origin.slice(0, 120))} is more than an origin`);
    }
    return origin.toLowerCase();
  });
  return [...new Set(origins)];
}

export function toAppendable(path: string): string {
  try {
    if (!statSync(dirname(path)).isDirectory()) throw new UnfitValue('its folder is not a folder');
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UnfitValue('it is a folder');
  } catch (error) {
    throw error instanceof UnfitValue ? error : new UnfitValue(fileFault(error));
  }
  return path;
}
