import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signDevelopmentToken } from '../../../gateway/authentication/development-key.ts';
import { redact, spellings } from '../../../gateway/observability/redaction.ts';

const HUSH = 'hushhush0123456789';

describe('redaction', () => {
  it.each([
    `Authorization: ${HUSH}`,
    `authorization: Bearer ${HUSH}`,
    `Bearer ${HUSH}`,
    `basic ${HUSH}==`,
    `ACS3-HMAC-SHA256 Credential=${HUSH},SignedHeaders=host;x-acs-date,Signature=${HUSH}`,
    `LTAI${HUSH}`,
    `STS.${HUSH}`,
    `line\nSTS.${HUSH}`,
    `AccessKeyId=${HUSH}&Action=DescribeRegions`,
    `string to sign is:GET&%2F&AccessKeyId%3D${HUSH}`,
    `GET%26%252F%26AccessKeyId%253D${HUSH}`,
    `ALIBABA_CLOUD_ACCESS_KEY_SECRET=${HUSH}`,
    `x-acs-security-token: ${HUSH}`,
    `{"SecurityToken":"${HUSH}","AccessKeySecret": "${HUSH}"}`,
    `{ accessKeySecret: '${HUSH}' }`,
    `Signature=${HUSH}%3D`,
    `redis://:${HUSH}@redis.example:6379`,
    `connect to rediss://user:${HUSH}@redis.example`,
    `https://bucket.oss-cn-hangzhou.aliyuncs.com/${HUSH}.rdb?Expires=1&OSSAccessKeyId=a&Signature=b`,
    `http://bucket.example/${HUSH}.rdb?x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=b`,
    `password: ${HUSH}`,
    `access_token=${HUSH}`,
    `Cookie: session=${HUSH}`,
  ])('takes the secret out of %j, as text, as JSON and as JSON inside JSON', (text) => {
    const json = JSON.stringify({ text });
    const twice = JSON.stringify({ json });
    expect(redact(text)).not.toContain(HUSH);
    expect(JSON.stringify(JSON.parse(redact(json)))).not.toContain(HUSH);
    expect(JSON.stringify(JSON.parse(redact(twice)))).not.toContain(HUSH);
  });

  it('takes out a whole bearer token wherever it stands', async () => {
    const token = await signDevelopmentToken({ subject: 'alice', groups: ['sre'], ttlSeconds: 60 });
    for (const text of [token, `a${token}`, `"${token}"`, `line\n${token}`, token.slice(0, -5)]) {
      for (const part of token.split('.').slice(1))
        expect(redact(JSON.stringify(text))).not.toContain(part.slice(0, 20));
    }
  });

  it.each([
    'the token is expired',
    'the signature does not match',
    '{"level":"info","operation":"Backups","hash":"0123abcd","tokens":12,"cost":1,"msg":"request"}',
    '{"field":"ShardBackup.downloadUrl","rows":4}',
    'http://127.0.0.1:4000/graphql?query={__typename}',
    'acs:kvstore:cn-hangzhou:1234567890123456:instance/*',
    '{"accessKeyId":null,"token":7}',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('takes out known secrets in every spelling', () => {
    const secret = 'odd "secret" &=/é';
    const known = spellings([secret, undefined, 'abc']);
    expect(redact(`a ${secret} b ${encodeURIComponent(secret)} c`, known)).toBe('a [redacted] b [redacted] c');
    expect(JSON.parse(redact(JSON.stringify({ secret }), known))).toEqual({ secret: '[redacted]' });
    expect(redact('abc', known)).toBe('abc');
  });

  it('keeps JSON JSON', () => {
    const word = fc.constantFrom(
      'token',
      'Bearer ',
      '"',
      '\\',
      ':',
      '=',
      ' ',
      'http://',
      '@',
      'eyJabcdef.',
      'Signature',
      '\n',
      HUSH,
    );
    const text = fc
      .array(fc.oneof(word, fc.string({ maxLength: 5 })), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const value = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null), fc.array(text)));
    fc.assert(
      fc.property(value, (object) => typeof JSON.parse(redact(JSON.stringify(object))) === 'object'),
      { numRuns: 2_000 },
    );
  });

  it.each(['eyJ', 'http://', 'Bearer ', '":"', 'signature', 'STS.', 'token%25', '://@'])(
    'takes time in proportion to its text (%j over and over)',
    (piece) => {
      const time = (length: number) => {
        const text = piece.repeat(length / piece.length);
        const start = performance.now();
        redact(text);
        return performance.now() - start;
      };
      time(10_000);
      // In proportion to its square it would take minutes.
      expect(time(400_000)).toBeLessThan(10_000);
    },
  );
});
