import { createHmac } from 'node:crypto';
import { canonicalRequest, type SignableRequest, sha256Hex } from './canonical-request.ts';

/** Version 3 of the signature, with HMAC-SHA256. */
export const ALGORITHM = 'ACS3-HMAC-SHA256';

/** Algorithm and hash of the canonical request, on two lines. ACS3 has no date, no scope and no derived key in it. */
export function stringToSign(canonicalRequestText: string): string {
  return `${ALGORITHM}\n${sha256Hex(canonicalRequestText)}`;
}

/** Lower-case hex HMAC-SHA256; the key is the access key secret itself. */
export function signatureOf(textToSign: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(textToSign, 'utf8').digest('hex');
}

/** The value of the `Authorization` header for a request. */
export function authorization(request: SignableRequest, accessKeyId: string, accessKeySecret: string): string {
  const canonical = canonicalRequest(request);
  const signature = signatureOf(stringToSign(canonical.text), accessKeySecret);
  return `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${canonical.signedHeaders},Signature=${signature}`;
}
