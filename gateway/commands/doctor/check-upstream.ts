import { callOf, type Product } from '../../../upstream/call.ts';
import { describeInstances } from '../../../upstream/operations/describe-instances.ts';
import { getCallerIdentity } from '../../../upstream/operations/get-caller-identity.ts';
import { onceMoreWhenPutRight } from '../../../upstream/put-right.ts';
import { UpstreamError } from '../../../upstream/upstream-error.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import type { UpstreamParts } from '../../upstream-parts.ts';
import { type Finding, networkAdvice, systemCode, well, wrong } from './finding.ts';

const TIMEOUT_MS = 5_000;
const CENTRAL_REGION = 'cn-hangzhou';
/** Tokens are judged by this clock, with a minute's tolerance; the upstream allows its own quarter of an hour. */
const MOST_SKEW_SECONDS = 60;

/** Hosts, their clock, and each account: whose keys these are, and whether they may read instances. */
export async function* checkUpstream(configuration: Configuration, parts: UpstreamParts): AsyncGenerator<Finding> {
  const origins = new Set<string>();
  const add = (product: Product, regionId: string) => origins.add(parts.endpoints(product, regionId).origin);
  const others = configuration.accounts.map(({ id, regions }) => ({ id, regionId: regions?.[0] ?? CENTRAL_REGION }));
  add('r-kvstore', CENTRAL_REGION);
  add('sts', CENTRAL_REGION);
  for (const { regions = [] } of configuration.accounts) for (const regionId of regions) add('r-kvstore', regionId);

  let skewSeconds: number | undefined;
  for (const origin of origins) {
    const { finding, date } = await checkEndpoint(origin);
    yield finding;
    if (date !== undefined) skewSeconds ??= (Date.now() - date) / 1_000;
  }
  if (skewSeconds !== undefined) yield checkClock(skewSeconds);

  const defaultId = yield* checkIdentity(parts, undefined, configuration.accountId);
  if (defaultId !== undefined) yield await checkPermission(parts, defaultId, CENTRAL_REGION);
  for (const { id, regionId } of others) {
    const found = yield* checkIdentity(parts, id, id);
    if (found !== undefined) yield await checkPermission(parts, id, regionId);
  }
}

/** Any answer will do, as long as it comes from there. */
async function checkEndpoint(origin: string): Promise<{ finding: Finding; date: number | undefined }> {
  try {
    const response = await fetch(origin, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get('date') ?? '');
    return { finding: well('endpoint', `${origin} answers`), date: Number.isNaN(date) ? undefined : date };
  } catch (error) {
    const says = `${origin} does not answer (${systemCode(error) ?? 'unknown'})`;
    const advice = `${networkAdvice(error)}; UPSTREAM_ENDPOINT and UPSTREAM_NETWORK choose the host`;
    return { finding: wrong('endpoint', says, advice), date: undefined };
  }
}

function checkClock(skewSeconds: number): Finding {
  const seconds = Math.abs(skewSeconds).toFixed(0);
  if (Math.abs(skewSeconds) <= MOST_SKEW_SECONDS) return well('clock', `within ${seconds} s of the upstream's`);
  const says = `${seconds} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} the upstream's`;
  return wrong('clock', says, "set this machine's clock by NTP: tokens and signatures are judged by it");
}

/** Asks STS whose credentials these are; gives the id when they are whose they should be. */
async function* checkIdentity(
  { accounts, attempt }: UpstreamParts,
  accountId: string | undefined,
  expected: string | undefined,
): AsyncGenerator<Finding, string | undefined> {
  const check = accountId === undefined ? 'credentials' : `credentials of ${accountId}`;
  try {
    const { signal } = new AbortController();
    const known = accountId ?? accounts.defaultAccountId;
    const id =
      known === undefined
        ? await accounts.resolveDefaultAccountId(attempt, { signal })
        : await onceMoreWhenPutRight(attempt)(
            callOf(getCallerIdentity, { accountId: known, regionId: CENTRAL_REGION }, undefined),
            { signal },
          );
    if (expected === undefined || id === expected) {
      yield well(check, `are good, and belong to account ${id}`);
      return id;
    }
    const advice =
      accountId === undefined
        ? 'ALIBABA_CLOUD_ACCOUNT_ID must be the account that the credentials belong to; leave it out to have it asked'
        : 'the id in ACCOUNTS must be the account that its credentials belong to';
    yield wrong(check, `belong to account ${id}, not ${expected}`, advice);
  } catch (error) {
    yield wrong(check, reasonOf(error), credentialsAdvice(error));
  }
  return undefined;
}

async function checkPermission({ attempt }: UpstreamParts, accountId: string, regionId: string): Promise<Finding> {
  const check = `rights of ${accountId}`;
  const query = { accountId, regionId, pageSize: 1, pageNumber: 1 };
  try {
    const { signal } = new AbortController();
    await onceMoreWhenPutRight(attempt)(callOf(describeInstances(), query, query), { signal });
    return well(check, `may read instances in ${regionId}`);
  } catch (error) {
    const code = error instanceof UpstreamError ? (error.code ?? '') : '';
    const advice = /Forbidden|NoPermission/.test(code)
      ? 'attach AliyunKvstoreReadOnlyAccess, or a policy that allows kvstore:Describe*, to the RAM user or role'
      : credentialsAdvice(error);
    return wrong(check, reasonOf(error), advice);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof UpstreamError)) return 'failed';
  const { message, code, cause } = error;
  // Of credentials that cannot be had: codes alone, by the client's own rule.
  const why = cause instanceof Error && code === undefined ? ` (${cause.message})` : '';
  return `${message}${why}`;
}

function credentialsAdvice(error: unknown): string {
  const { code = '', kind } = error instanceof UpstreamError ? error : { code: '', kind: undefined };
  if (/AccessKeyId.*NotFound|InvalidAccessKeyId/.test(code))
    return 'the AccessKey does not exist: look for a typing error, or make a new one';
  if (/Inactive|Disabled/.test(code)) return 'the AccessKey is disabled: enable it in the RAM console, or use another';
  if (/Signature/.test(code)) return 'the secret does not belong to the AccessKey: set both anew';
  if (/SecurityToken/.test(code))
    return 'the temporary credentials are expired or mixed up: all three parts come from one answer of STS';
  if (/TimeStamp/.test(code)) return "set this machine's clock by NTP";
  if (/Forbidden|NoPermission/.test(code)) return 'the RAM user or role may not do this: look at its policies';
  if (kind === 'timeout' || kind === 'unavailable') return networkAdvice((error as Error).cause);
  return 'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or another link of the default chain (OIDC role, profile, ECS role)';
}
