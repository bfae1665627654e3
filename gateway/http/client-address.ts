import { isIP, isIPv4, SocketAddress } from 'node:net';

/** What the transport knows of a request: the socket's own facts, and what proxies wrote about the ones before them. */
export interface Connection {
  /** The peer's address as `node:net` gives it; absent for a socket that is gone. */
  readonly remoteAddress: string | undefined;
  /** Whether the socket itself is TLS. */
  readonly encrypted: boolean;
  /** The header `X-Forwarded-For`; several are joined by commas. */
  readonly forwardedFor: string | undefined;
  /** The header `X-Forwarded-Proto`; several are joined by commas. */
  readonly forwardedProto: string | undefined;
}

/** Where a request came from. */
export interface ClientAddress {
  /** IPv4, or IPv6 in its shortest form; the unspecified address `::` when nothing is known. */
  readonly address: string;
  /** Whether the client itself spoke https. */
  readonly secure: boolean;
}

/**
 * The caller's address behind `trustedProxies` proxies, each of which appends the address that it was asked from: the entry
 * that the outermost trusted one wrote is the caller, and whatever stands before it is hearsay. With 0 the headers are
 * ignored. When one of the trusted entries is no address, the socket's own address stands.
 */
export function clientAddress(connection: Connection, trustedProxies: number): ClientAddress {
  const peer = toAddress(connection.remoteAddress ?? '') ?? UNKNOWN;
  if (trustedProxies === 0) return { address: peer, secure: connection.encrypted };
  return {
    address: forwardedAddress(connection.forwardedFor, trustedProxies) ?? peer,
    secure: forwardedSecurity(connection.forwardedProto, trustedProxies) ?? connection.encrypted,
  };
}

const UNKNOWN = '::';

function forwardedAddress(header: string | undefined, trustedProxies: number): string | undefined {
  const addresses = trustedEntries(header, trustedProxies).map(toAddress);
  return addresses.includes(undefined) ? undefined : addresses[0];
}

function forwardedSecurity(header: string | undefined, trustedProxies: number): boolean | undefined {
  const [protocol] = trustedEntries(header, trustedProxies);
  if (protocol === undefined || !/^https?$/i.test(protocol)) return undefined;
  return protocol.toLowerCase() === 'https';
}

/** The entries that trusted proxies wrote, outermost first: fewer when a proxy was left out of the way. */
function trustedEntries(header: string | undefined, trustedProxies: number): string[] {
  if (header === undefined) return [];
  const entries = header.split(',').map((entry) => entry.trim());
  return entries.slice(-trustedProxies);
}

/** Takes `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:80`; a zone is dropped. */
function toAddress(text: string): string | undefined {
  // Nearly all are.
  if (isIPv4(text)) return text;
  const [, bracketed, host] = /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text) ?? [];
  const [address = ''] = (bracketed ?? host ?? text).split('%');
  const family = isIP(address);
  if (family === 4) return address;
  if (family !== 6) return undefined;
  const shortest = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(shortest)?.[1] ?? shortest;
}
