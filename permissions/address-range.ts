import { isIPv4, isIPv6 } from 'node:net';

/** An address as 32-bit words, the most significant first: one for IPv4, four for IPv6. */
export type Address = readonly number[];

/** A network: addresses of its family whose leading `prefix` bits are those of `network`. */
export interface AddressRange {
  network: Address;
  prefix: number;
}

/** Reads an IPv4 or IPv6 address. IPv4-mapped IPv6 (`::ffff:10.0.0.1`) is the IPv4 address; a zone (`%eth0`) is dropped. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return [ipv4Word(text)];
  if (!isIPv6(text)) return undefined;
  const words = ipv6Words(text.replace(/%.*$/, ''));
  return isMapped(words) ? [words[3] as number] : words;
}

/** Reads an address or CIDR block of a policy. Host bits are ignored; zones and prefixes with leading zeros are refused. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [host = '', prefixText, ...rest] = text.split('/');
  if (rest.length > 0 || host.includes('%')) return undefined;
  if (prefixText !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const network = parseAddress(host);
  if (network === undefined) return undefined;

  const written = isIPv4(host) ? 32 : 128;
  const prefix = prefixText === undefined ? written : Number(prefixText);
  if (prefix > written) return undefined;
  if (written === 32 || network.length === 4) return { network, prefix };
  // A mapped block of at least 96 bits is an IPv4 block; a wider one reaches beyond the mapped addresses.
  return prefix >= 96 ? { network, prefix: prefix - 96 } : { network: ipv6Words(host), prefix };
}

export function contains(range: AddressRange, address: Address): boolean {
  if (address.length !== range.network.length) return false;
  let left = range.prefix;
  for (let index = 0; left > 0; index += 1, left -= 32) {
    const differing = (address[index] as number) ^ (range.network[index] as number);
    if (left >= 32 ? differing !== 0 : differing >>> (32 - left) !== 0) return false;
  }
  return true;
}

function ipv4Word(text: string): number {
  return text.split('.').reduce((word, octet) => word * 256 + Number(octet), 0);
}

function ipv6Words(text: string): number[] {
  const [before = '', after] = text.split('::');
  const head = hextets(before);
  const tail = hextets(after ?? '');
  const groups = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return [0, 2, 4, 6].map((index) => (groups[index] as number) * 0x10000 + (groups[index + 1] as number));
}

function hextets(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const word = ipv4Word(group);
    return [word >>> 16, word & 0xffff];
  });
}

function isMapped(words: readonly number[]): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
}
