import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';

describe('pages', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${running.url}${path}`, { headers: { accept: 'text/html', ...headers } });

  it.each(['/', '/graphql'])('like %s may not be framed, guessed at, or load anything from elsewhere', async (path) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    const policy = headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
      expect(policy.split('; ')).toContain(directive);
    }
    expect(policy).not.toMatch(/script-src[^;]*('unsafe-inline'|'unsafe-eval'|https?:|\*)/);
    expect(policy).not.toMatch(/connect-src (?!'self')/);
  });

  it('of GraphiQL run just the script that they came with, whatever is in the address', async () => {
    const response = await get('/graphql?query=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E');
    const html = await response.text();
    expect(html).not.toContain('alert(1)');
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => script);
    const digests = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    expect(response.headers.get('content-security-policy')).toContain(`script-src ${digests.join(' ')};`);
    expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="(https?:)?\/\//);
  });

  it('of nine megabytes are compressed for whoever takes gzip, and for nobody else', async () => {
    const whole = await (await get('/graphql', { 'accept-encoding': 'gzip;q=0, br' })).text();
    const { hostname, port } = new URL(running.url);
    const { request } = await import('node:http');
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const sent = request(
        { hostname, port, path: '/graphql', headers: { accept: 'text/html', 'accept-encoding': 'br, gzip' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        },
      );
      sent.on('error', reject);
      sent.end();
    });
    expect(bytes.length).toBeLessThan(whole.length / 3);
    expect(gunzipSync(bytes).toString()).toBe(whole);
  });
});
