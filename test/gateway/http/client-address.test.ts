import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Connection, clientAddress } from '../../../gateway/http/client-address.ts';

const PROXY = '10.0.0.1';

function behind(trustedProxies: number, forwardedFor?: string, rest: Partial<Connection> = {}) {
  const connection = { remoteAddress: PROXY, encrypted: false, forwardedFor, forwardedProto: undefined, ...rest };
  return clientAddress(connection, trustedProxies);
}

describe('with no trusted proxy', () => {
  it('the socket speaks for itself, whatever the headers say', () => {
    expect(behind(0, '1.2.3.4', { forwardedProto: 'https' })).toEqual({ address: PROXY, secure: false });
    expect(behind(0, undefined, { encrypted: true, forwardedProto: 'http' })).toEqual({ address: PROXY, secure: true });
  });

  it.each([
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    [undefined, '::'],
  ])('the address %s is normalised to %s', (remoteAddress, address) => {
    expect(behind(0, undefined, { remoteAddress })).toMatchObject({ address });
  });
});

describe('behind trusted proxies', () => {
  it.each([
    [1, '203.0.113.9', '203.0.113.9'],
    [1, '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    [2, '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    [2, '203.0.113.9', '203.0.113.9'],
    [3, '6.6.6.6,6.6.6.7,203.0.113.9 ,10.0.0.3,10.0.0.2', '203.0.113.9'],
    [1, '203.0.113.9:41000', '203.0.113.9'],
    [1, '2001:db8::9', '2001:db8::9'],
    [1, '[2001:db8::9]:41000', '2001:db8::9'],
    [1, '::ffff:203.0.113.9', '203.0.113.9'],
  ])('the caller is counted from the right (%i: %s)', (trusted, header, address) => {
    expect(behind(trusted, header)).toMatchObject({ address });
  });

  it.each([
    [1, ''],
    [1, '203.0.113.9,'],
    [1, 'unknown'],
    [1, '203.0.113.999'],
    [1, '203.0.113.9; DROP TABLE'],
    [1, '0x7f000001'],
    [1, '127.1'],
    [1, 'localhost'],
    [1, '[::1'],
    [2, '203.0.113.9, unknown'],
  ])('the socket stands in for rubbish (%i: %s)', (trusted, header) => {
    expect(behind(trusted, header)).toMatchObject({ address: PROXY });
  });

  it('the socket stands in when the header is missing', () => {
    expect(behind(1)).toEqual({ address: PROXY, secure: false });
  });

  it.each([
    [1, 'https', true],
    [1, 'HTTPS', true],
    [1, 'http', false],
    [1, 'https, http', false],
    [2, 'https, http', true],
    [2, 'https', true],
    [2, 'https, http, http', false],
    [1, 'httpsx', false],
    [1, '', false],
  ])('the protocol is counted likewise (%i: %s)', (trusted, forwardedProto, secure) => {
    expect(behind(trusted, undefined, { forwardedProto })).toMatchObject({ secure });
  });

  it('nothing that a caller sends in front changes who it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (forged, trusted) => {
        const written = ['203.0.113.9', '10.0.0.4', '10.0.0.3', '10.0.0.2'].slice(0, trusted).join(', ');
        expect(behind(trusted, `${forged}, ${written}`)).toMatchObject({ address: '203.0.113.9' });
      }),
    );
  });
});
