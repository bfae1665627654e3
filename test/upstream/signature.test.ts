import { describe, expect, it } from 'vitest';
import {
  canonicalQuery,
  canonicalRequest,
  EMPTY_PAYLOAD_SHA256,
  sha256Hex,
} from '../../upstream/signature/canonical-request.ts';
import { percentEncode } from '../../upstream/signature/percent-encoding.ts';
import { ALGORITHM, authorization, signatureOf, stringToSign } from '../../upstream/signature/sign.ts';
import data from './data/signature-vectors.json' with { type: 'json' };

// Made with the official signing code; `official-doc-ecs-runinstances` has the signature that the documentation prints.
const vectors = data.vectors.map((vector) => ({
  ...vector,
  request: {
    method: vector.input.method,
    path: vector.input.pathname,
    query: vector.input.query as unknown as Record<string, string>,
    headers: vector.input.headers as unknown as Record<string, string>,
    body: vector.input.body,
  },
}));

describe('the signature', () => {
  it('is tried on all sixteen vectors', () => {
    expect(vectors).toHaveLength(16);
    expect(vectors.every(({ input }) => input.algorithm === ALGORITHM)).toBe(true);
  });

  for (const { id, request, input, expected } of vectors) {
    it(`has the canonical query, request, text to sign and signature of ${id}`, () => {
      const canonical = canonicalRequest(request);
      expect(canonicalQuery(request.query)).toBe(expected.canonicalQueryString);
      expect(canonical.text).toBe(expected.canonicalRequest);
      expect(canonical.signedHeaders.split(';')).toEqual(expected.signedHeaders);
      expect(sha256Hex(canonical.text)).toBe(expected.hashedCanonicalRequest);
      expect(stringToSign(canonical.text)).toBe(expected.stringToSign);
      expect(signatureOf(expected.stringToSign, input.accessKeySecret)).toBe(expected.signature);
      expect(authorization(request, input.accessKeyId, input.accessKeySecret)).toBe(expected.authorization);
    });
  }

  it('leaves names raw where the SDK and the written rule differ, as the SDK does', () => {
    const differing = vectors.filter(({ sdkMatchesDocumentedRule }) => !sdkMatchesDocumentedRule);
    expect(differing.map(({ id }) => id)).toEqual(['key-needs-encoding']);
    for (const { request, documentedCanonicalQueryString } of differing) {
      expect(canonicalQuery(request.query)).toBe('Tag.1.Key name=v&a[]=x');
      expect(documentedCanonicalQueryString).toBe('Tag.1.Key%20name=v&a%5B%5D=x');
    }
  });

  it('knows the hash of an empty payload', () => {
    expect(EMPTY_PAYLOAD_SHA256).toBe(data.emptyPayloadSha256);
    expect(sha256Hex('')).toBe(data.emptyPayloadSha256);
  });
});

describe('percent-encoding', () => {
  it('keeps the unreserved characters and nothing else', () => {
    expect(percentEncode('AZaz09-_.~')).toBe('AZaz09-_.~');
    expect(percentEncode(` !"#$%&'()*+,/:;<=>?@[\\]^\`{|}`)).toBe(
      '%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D',
    );
  });

  it('writes UTF-8 bytes, and the replacement character for half a surrogate pair', () => {
    expect(percentEncode('é中💾')).toBe('%C3%A9%E4%B8%AD%F0%9F%92%BE');
    expect(percentEncode('\ud800')).toBe('%EF%BF%BD');
  });
});
