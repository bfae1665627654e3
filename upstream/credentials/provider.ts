import type { CredentialsProvider } from '@alicloud/credentials';
import { noCredentials, type Session } from './refreshed.ts';

/**
 * Asks a provider of `@alicloud/credentials` for a session. Give it a new provider each time: one that has had a session
 * hands it out again when a refresh fails, even when it has expired, and does not say so.
 */
export async function sessionFrom(provider: CredentialsProvider): Promise<Session> {
  try {
    const { accessKeyId, accessKeySecret, securityToken } = await provider.getCredentials();
    const credentials = { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
    return { credentials, expiresAt: securityToken ? expirationOf(provider) : undefined };
  } catch (error) {
    const { reason, passing } = reasonOf(error);
    throw noCredentials(reason, passing);
  }
}

/** Profiles wrap the provider that has the session; neither is part of the library's types. */
function expirationOf(provider: CredentialsProvider): number | undefined {
  const { innerProvider } = provider as { innerProvider?: unknown };
  const { session } = (innerProvider ?? provider) as { session?: { expiration?: unknown } };
  const time = typeof session?.expiration === 'string' ? Date.parse(session.expiration) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The library's messages quote whole answers and files, secrets included (a `config.json` that does not parse, for one):
 * only codes are taken out of them.
 */
function reasonOf(error: unknown): { reason: string; passing: boolean } {
  if (!(error instanceof Error)) return { reason: 'failed', passing: false };
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z_]+$/.test(code)) return { reason: code, passing: code !== 'ENOENT' };
  if (/^RequestTimeout/.test(error.name)) return { reason: 'timeout', passing: true };
  const upstreamCode = /"Code"\s*:\s*"([\w.]{1,64})"/.exec(error.message)?.[1];
  if (upstreamCode) return { reason: upstreamCode, passing: /Throttling|Unavailable|InternalError/.test(upstreamCode) };
  const status = /\b(?:httpStatus: ?|failed with |\/ )(\d{3})\b/.exec(error.message)?.[1];
  if (status) return { reason: `HTTP status ${status}`, passing: status.startsWith('5') };
  return { reason: 'not set up, or not readable', passing: false };
}
