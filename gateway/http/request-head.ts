import type { IncomingMessage } from 'node:http';
import type { ConnectionLimits } from '../configuration/limits.ts';
import { BadRequest } from './bad-request.ts';

const HOST = /^(?:[\w.~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Refuses requests that node accepts but a proxy may read in another way, which is how requests are smuggled: no host or several, transfer codings
 * besides `chunked`, targets that are not a path. Refuses too many headers as well. Raises `BadRequest`.
 */
export function checkHead(request: IncomingMessage, { headers: maxHeaders }: Pick<ConnectionLimits, 'headers'>): void {
  const { httpVersion, url = '', headers, rawHeaders } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw refused(`Expected HTTP/1.1`);
  const count = rawHeaders.length / 2;
  if (count > maxHeaders) {
    const extensions = { code: 'BAD_USER_INPUT', limitName: 'headers', limit: maxHeaders, value: count };
    throw new BadRequest(431, `There are more than ${maxHeaders} headers`, { connection: 'close' }, extensions);
  }
  const hosts = valuesOf(request, 'host');
  if (hosts.length !== 1 && (hosts.length > 1 || httpVersion === '1.1')) throw refused('Host: expected one');
  if (hosts[0] !== undefined && !HOST.test(hosts[0])) throw refused('Host: expected a name or an address');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') throw refused('Transfer-Encoding: expected chunked');
  if (!url.startsWith('/')) throw refused('Expected a path to ask for');
}

/**
 * The values of a header, one for each time that it was sent. `headersDistinct` has them too, but makes a list of every header for that, which takes
 * 0.3 µs of each request.
 */
export function valuesOf({ rawHeaders }: IncomingMessage, lowerCaseName: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) {
      values.push(rawHeaders[index + 1] as string);
    }
  }
  return values;
}

function refused(message: string): BadRequest {
  return new BadRequest(400, message, { connection: 'close' });
}
