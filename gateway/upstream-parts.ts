import { type Accounts, accountsFile, createAccounts } from '../upstream/accounts.ts';
import { createAttempt, type PooledAttempt } from '../upstream/attempt.ts';
import { defaultCredentials, type Environment } from '../upstream/credentials/default-chain.ts';
import { type CredentialSource, staticCredentials } from '../upstream/credentials.ts';
import { createEndpoints, type Endpoints } from '../upstream/endpoints.ts';
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

/**
 * @param endpoint Base URL for every call: of the sandbox in this process, or the configured one; undefined: by region.
 * @throws ZodError for accounts whose credentials make no sense.
 */
export function createUpstreamParts(
  configuration: Configuration,
  environment: Environment,
  endpoint: string | undefined,
): UpstreamParts {
  const accounts = createAccounts({
    defaultAccount: { id: configuration.accountId, credentials: defaultAccountCredentials(configuration, environment) },
    others: accountsFile.parse(configuration.accounts),
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

function defaultAccountCredentials({ upstream, accessKey }: Configuration, environment: Environment): CredentialSource {
  if (upstream === 'sandbox') return staticCredentials(SANDBOX_KEY);
  return accessKey === undefined ? defaultCredentials(environment) : staticCredentials(accessKey);
}
