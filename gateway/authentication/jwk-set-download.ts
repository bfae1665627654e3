/** A failed download; its message may be shown to anybody. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The text of a JWK Set at a URL. Redirects are not followed.
 *
 * @param closing Gives up when it is aborted.
 * @throws DownloadError
 */
export async function downloadJwkSet(
  url: string,
  { fetch, closing }: { fetch: typeof globalThis.fetch; closing: AbortSignal },
): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json, application/jwk-set+json' },
      signal: AbortSignal.any([timeout, closing]),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new DownloadError(`HTTP status ${response.status}`);
    }
    return await readBounded(response);
  } catch (error) {
    if (timeout.aborted) throw new DownloadError(`no answer within ${TIMEOUT_MS / 1_000} s`);
    throw error;
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new DownloadError(`larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
