import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, parseAddress, parseAddressRange } from '../../permissions/address-range.ts';

function matches(range: string, address: string): boolean | undefined {
  const parsedRange = parseAddressRange(range);
  const parsedAddress = parseAddress(address);
  return parsedRange && parsedAddress && contains(parsedRange, parsedAddress);
}

describe('a range of addresses', () => {
  it.each([
    ['203.0.113.10', '203.0.113.10', true],
    ['203.0.113.10', '203.0.113.11', false],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.77/24', '203.0.113.1', true],
    ['128.0.0.0/1', '255.255.255.255', true],
    ['128.0.0.0/1', '127.255.255.255', false],
    ['0.0.0.0/0', '255.1.2.3', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['255.255.255.255/32', '255.255.255.255', true],
    ['10.0.0.0/31', '10.0.0.2', false],
    ['2001:db8::/32', '2001:db8:1::5', true],
    ['2001:db8::/32', '2001:db9::5', false],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
    ['2001:db8::/127', '2001:db8::1', true],
    ['2001:db8::/127', '2001:db8::2', false],
    ['2001:db8:0:8000::/49', '2001:db8:0:ffff::', true],
    ['2001:db8:0:8000::/49', '2001:db8:0:7fff::', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.10', false],
    ['::1', '::1', true],
    ['203.0.113.0/24', '::ffff:203.0.113.9', true],
    ['203.0.113.0/24', '::ffff:cb00:7109', true],
    ['203.0.113.9', '0:0:0:0:0:ffff:203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
    ['::ffff:203.0.113.9', '203.0.113.9', true],
    ['::ffff:0:0/96', '198.51.100.1', true],
    ['::ffff:0:0/96', '2001:db8::1', false],
    ['::ffff:0:0/95', '203.0.113.9', false],
    ['::203.0.113.9', '203.0.113.9', false],
    ['64:ff9b::203.0.113.0/120', '64:ff9b::cb00:7109', true],
    ['fe80::/10', 'fe80::1%eth0', true],
  ])('%s holds %s: %s', (range, address, expected) => {
    expect(matches(range, address)).toBe(expected);
  });

  it.each([
    '',
    '*',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.010',
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/ 24',
    '203.0.113.0/024',
    '203.0.113.0/-1',
    '203.0.113.0/24/24',
    '203.0.113.0/255.255.255.0',
    ' 203.0.113.0/24',
    '203.0.113.*',
    '3405803776',
    '0x7f.0.0.1',
    '2001:db8::/129',
    '2001:db8:::/32',
    '2001:db8::1::',
    '[2001:db8::1]',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'fe80::1%eth0',
    'fe80::%eth0/64',
    '::ffff:203.0.113.256',
  ])('is not %j', (text) => {
    expect(parseAddressRange(text)).toBeUndefined();
  });

  it('holds the same IPv4 addresses as a BlockList of Node', () => {
    const word = fc.nat({ max: 0xffffffff });
    fc.assert(
      fc.property(word, fc.nat({ max: 32 }), word, fc.nat({ max: 32 }), (network, prefix, noise, shared) => {
        // Addresses that share leading bits with the network, so that both answers are common.
        const mask = shared === 0 ? 0 : (0xffffffff << (32 - shared)) >>> 0;
        const address = dotted(((network & mask) | (noise & ~mask)) >>> 0);
        const list = new BlockList();
        list.addSubnet(dotted(network), prefix, 'ipv4');
        expect(matches(`${dotted(network)}/${prefix}`, address)).toBe(list.check(address, 'ipv4'));
      }),
      { numRuns: 5_000 },
    );
  });

  it('holds the same IPv6 addresses as a BlockList of Node', () => {
    const groups = fc.array(fc.constantFrom(0, 1, 0x8000, 0xdb8, 0xffff), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, fc.nat({ max: 128 }), groups, fc.nat({ max: 8 }), (network, prefix, other, shared) => {
        const address = hexadecimal([...network.slice(0, shared), ...other.slice(shared)]);
        fc.pre(!isMapped(network) && !isMapped([...network.slice(0, shared), ...other.slice(shared)]));
        const list = new BlockList();
        list.addSubnet(hexadecimal(network), prefix, 'ipv6');
        expect(matches(`${hexadecimal(network)}/${prefix}`, address)).toBe(list.check(address, 'ipv6'));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads every way to write an IPv6 address alike', () => {
    const groups = fc.array(fc.constantFrom(0, 0, 1, 0xabcd), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (groups) => {
        // URL writes the shortest form.
        const shortest = new URL(`http://[${hexadecimal(groups)}]/`).hostname.slice(1, -1);
        expect(parseAddress(shortest)).toEqual(parseAddress(hexadecimal(groups).toUpperCase()));
      }),
      { numRuns: 1_000 },
    );
  });
});

function dotted(word: number): string {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');
}

function hexadecimal(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}
