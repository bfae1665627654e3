import { type Accounts, accountsFile, createAccounts } from '../upstream/accounts.ts';
import { createAttempt, type PooledAttempt } from '../upstream/attempt.ts';
import { defaultCredentials, type Environment } from '../upstream/credentials/default-chain.ts';
import { type CredentialSource, staticCredentials } from '../upstream/credentials.ts';
import { createEndpoints, type Endpoints } from '../upstream/endpoints.ts';
import type { UpstreamError } from '../upstream/upstream-error.ts';
import type { Configuration } from './configuration/configuration.ts';
import { VERSION } from './version.ts';

/** What calls to the upstream are made with. The gateway makes them, and `npm run doctor` tries whether they can be made. */
export interface UpstreamParts {
  readonly accounts: Accounts;
  readonly endpoints: Endpoints;
  /** The origin of R-KVStore in a region (`https://r-kvstore.aliyuncs.com`). */
  readonly endpointOf: (regionId: string) => string;
  readonly attempt: PooledAttempt;
}

const SANDBOX_KEY = { accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' };

/** Hears of credentials that could not be fetched, also while older ones still serve; without an id: of the default account, whose id is asked. */
export type CredentialsReport = (accountId: string | undefined, failure: UpstreamError) => void;

/**
 * @param endpoint Base URL for every call: of the sandbox in this process, or the configured one; undefined: by region.
 * @throws ZodError for accounts whose credentials make no sense.
 */
export function createUpstreamParts(
  configuration: Configuration,
  environment: Environment,
  endpoint: string | undefined,
  report: CredentialsReport = () => {},
): UpstreamParts {
  const accounts = createAccounts({
    defaultAccount: {
      id: configuration.accountId,
      credentials: defaultAccountCredentials(configuration, environment, report),
    },
    others: accountsFile.parse(configuration.accounts),
    report,
  });
  const endpoints = createEndpoints({ network: configuration.upstreamNetwork, override: endpoint });
  const attempt = createAttempt({
    endpoints,
    credentialsOf: (accountId) => accounts.credentialsOf(accountId),
    userAgent: `kvstore-gateway/${VERSION}`,
    timeoutMs: configuration.upstreamTimeoutMs,
  });
  const endpointOf = (regionId: string) => endpoints('r-kvstore', regionId).origin;
  return { accounts, endpoints, endpointOf, attempt };
}

function defaultAccountCredentials(
  { upstream, accessKey, accountId }: Configuration,
  environment: Environment,
  report: CredentialsReport,
): CredentialSource {
  if (upstream === 'sandbox') return staticCredentials(SANDBOX_KEY);
  if (accessKey !== undefined) return staticCredentials(accessKey);
  return defaultCredentials(environment, { report: (failure) => report(accountId, failure) });
}
