import { fileURLToPath } from 'node:url';
import { createExecutor } from '../execution/executor.ts';
import { RecentPages } from '../resolvers/cluster-backups/recent-pages.ts';
import { createBackupProgress } from '../resolvers/progress/backup-progress.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createSchema } from '../schema/index.ts';
import { KEPT_FIELDS } from '../schema/kept-fields.ts';
import type { UpstreamObserver } from '../upstream/chain/observer.ts';
import { createRKVStore, type RKVStoreClient } from '../upstream/client.ts';
import type { Environment } from '../upstream/credentials/default-chain.ts';
import { describeClusterBackupList } from '../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../upstream/operations/describe-instances.ts';
import { describeRegions } from '../upstream/operations/describe-regions.ts';
import { type Authenticator, createAuthenticator } from './authentication/authentication.ts';
import type { Configuration } from './configuration/configuration.ts';
import { secretsOf } from './configuration/configured-secrets.ts';
import type { ConnectionLimits } from './configuration/limits.ts';
import { fixedPolicies, type Policies, watchPolicies } from './configuration/policies.ts';
import { askForDefaultAccount } from './default-account.ts';
import { DEMO_POLICIES } from './demo/demo-policies.ts';
import { type DemoPrincipal, demoPrincipals } from './demo/demo-principals.ts';
import { createConsoleFiles } from './http/console-files.ts';
import { graphiqlOptions } from './http/graphiql-options.ts';
import { createGraphiQLPage } from './http/graphiql-page.ts';
import { createGraphQLEndpoint } from './http/graphql-endpoint.ts';
import { startHttpServer } from './http/http-server.ts';
import { OpenRequests } from './http/open-requests.ts';
import { createAuditLog } from './observability/audit-log.ts';
import { createLineWriter, createLogger, type Logger } from './observability/logger.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { Readiness } from './observability/readiness.ts';
import { logsRequests } from './observability/request-log.ts';
import { type LineOutput, standardOutput } from './observability/standard-output.ts';
import { startTracing } from './observability/tracing.ts';
import { logsCredentials, logsUpstream, observedBy } from './observability/upstream-events.ts';
import { createDocuments } from './operation/documents.ts';
import { OpenSubscriptions } from './operation/open-subscriptions.ts';
import { createRunOperation } from './operation/operation.ts';
import { createPersistedDocuments } from './operation/persisted-documents.ts';
import type { RequestRate } from './operation/request-rate.ts';
import { OwnedParts } from './owned-parts.ts';
import { createUpstreamParts, type UpstreamParts } from './upstream-parts.ts';
import { VERSION } from './version.ts';

/** A running gateway. */
export interface Gateway {
  /** `http://127.0.0.1:4000`, without a slash at its end. */
  readonly url: string;
  /** The sandbox in this process; undefined when the upstream is elsewhere. */
  readonly sandbox: Sandbox | undefined;
  /** Somebody to try the sandbox as; empty on a real account. */
  readonly principals: readonly DemoPrincipal[];
  readonly logger: Logger;
  /** Answers what is in flight, ten seconds at most, and ends. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** Where lines of the log go, and of the audit log when it has no file; default: standard output. */
  output?: LineOutput;
  /** The process's variables, for the official credential chain and `OTEL_*`. */
  environment?: Environment;
  /** Sends plain JSON requests through yoga too, for tests that compare what both make of them. */
  yogaOnly?: boolean;
}

/** Of the ten seconds that an end may take; the rest is for what is still to be written and sent. */
const DRAIN_MS = 9_500;

/** Builds everything and listens. Raises what keeps it from starting, with everything closed that was open by then. */
export async function startGateway(configuration: Configuration, options: GatewayOptions = {}): Promise<Gateway> {
  const owned = new OwnedParts();
  try {
    const { server, readiness, ...gateway } = await build(configuration, options, owned);
    return {
      ...gateway,
      url: server.url,
      async close() {
        readiness.drain();
        await server.drain(DRAIN_MS);
        await owned.close();
      },
    };
  } catch (error) {
    await owned.close();
    throw error;
  }
}

/** The one place where the parts meet: each is made of those above it. */
async function build(configuration: Configuration, options: GatewayOptions, owned: OwnedParts) {
  const { environment = {}, output = standardOutput() } = options;
  const logging = { level: configuration.logLevel, output, secrets: secretsOf(configuration, environment) };
  const logger = createLogger(logging);
  const auditLog = owned.add(await createAuditLog({ path: configuration.auditLog, output, logger }));
  const tracing = owned.add(await startTracing(environment, logger));
  const policies = owned.add(createPolicies(configuration, logger));
  const authenticator = owned.add(createAuthenticator(configuration, { logger }));
  const sandbox = owned.add(await startEmbeddedSandbox(configuration));
  const endpoint = sandbox?.url ?? configuration.upstreamEndpoint;
  const upstream = createUpstreamParts(configuration, environment, endpoint, logsCredentials(logger));
  owned.add(upstream.attempt);
  const defaultAccount = owned.add(askForDefaultAccount(upstream, logger));
  const readiness = new Readiness({ policies, authenticator, defaultAccount });
  const requests = new OpenRequests();
  const metrics = createGatewayMetrics(configuration, { readiness, policies, authenticator, upstream, requests });
  requests.onEnd(logsRequests(createLineWriter(logging)));
  requests.onEnd(metrics.ended);
  const observer = observedBy(logsUpstream(logger), metrics.observer, tracing?.observer ?? {});
  const store = owned.add(createStore(configuration, upstream, observer, logger));
  await store.ready;
  const { requestTimeoutMs: timeoutMs, upstreamCallsPerMinute: callsPerMinute } = configuration;
  const progress = owned.add(createBackupProgress(store, { timeoutMs, callsPerMinute }));
  const requestRate = owned.add(await createRate(configuration, logger));
  await requestRate?.ready;
  const schema = createSchema();
  const { introspection, limits } = configuration;
  const run = createRunOperation({
    configuration,
    schema,
    execute: createExecutor(schema, { kept: KEPT_FIELDS }),
    authenticator,
    documentText: createPersistedDocuments(configuration.persistedDocuments, configuration.persistedDocumentsOnly),
    documents: createDocuments({ schema, introspection, limits: limits.document }),
    policies,
    requestRate,
    store,
    progress,
    subscriptions: new OpenSubscriptions(limits.subscriptions),
    auditLog,
    logger,
    loaders: { recent: new RecentPages(), runBatch: tracing?.runBatch },
  });
  const principals = configuration.upstream === 'sandbox' ? await demoPrincipals() : [];
  const server = await startHttpServer({
    host: configuration.host,
    port: configuration.port,
    limits: connectionLimits(configuration),
    graphql: createGraphQLEndpoint({
      run: tracing?.traced(run) ?? run,
      requests,
      corsOrigins: configuration.corsOrigins,
      maxBodyBytes: limits.bodyBytes,
      graphiql: configuration.graphiql
        ? createGraphiQLPage(graphiqlOptions({ instance: sandbox?.demo, principal: principals[0] }))
        : undefined,
      yogaOnly: options.yogaOnly === true,
    }),
    console: createConsoleFiles(fileURLToPath(new URL('../console/dist', import.meta.url))),
    readiness: () => readiness.report(),
    metrics: metrics.read,
    demoPrincipals: configuration.upstream === 'sandbox' ? principals : undefined,
    logger,
  });
  return { server, readiness, sandbox, principals, logger };
}

function createPolicies(configuration: Configuration, logger: Logger): Policies {
  if (configuration.ramPolicies === undefined) return fixedPolicies(DEMO_POLICIES);
  return watchPolicies(configuration.ramPolicies, { logger });
}

/** Loaded only where it is used: a gateway on a real account has no sandbox in it. */
async function startEmbeddedSandbox({ upstream, upstreamEndpoint }: Configuration): Promise<Sandbox | undefined> {
  if (upstream !== 'sandbox' || upstreamEndpoint !== undefined) return undefined;
  const { startSandbox } = await import('../sandbox/server.ts');
  return startSandbox();
}

function createGatewayMetrics(
  { upstreamCallsPerMinute: callsPerMinute }: Configuration,
  parts: {
    readiness: Readiness;
    policies: Policies;
    authenticator: Authenticator;
    upstream: UpstreamParts;
    requests: OpenRequests;
  },
): Metrics {
  const { readiness, policies, authenticator, upstream, requests } = parts;
  return createMetrics({
    upstream: { callsPerMinute, endpointOf: upstream.endpointOf },
    state: {
      ready: () => readiness.report().ready,
      policies: policies.state,
      keys: authenticator.state,
      version: VERSION,
    },
    open: () => requests.count(),
  });
}

function createStore(
  configuration: Configuration,
  { accounts, attempt, endpointOf }: UpstreamParts,
  observer: UpstreamObserver,
  logger: Logger,
): RKVStoreClient {
  const report = (event: object) => logger.warn(event, 'upstream: not as expected');
  return createRKVStore({
    attempt,
    operations: {
      describeClusterBackupList: describeClusterBackupList(report),
      describeInstances: describeInstances(report),
      describeRegions,
    },
    accounts,
    accountCount: configuration.accounts.length + 1,
    endpointOf,
    callsPerMinute: configuration.upstreamCallsPerMinute,
    concurrency: configuration.upstreamConcurrency,
    attemptTimeoutMs: configuration.upstreamTimeoutMs,
    redisUrl: configuration.redisUrl,
    observer,
  });
}

/** Loaded only where requests are counted. */
async function createRate(
  { requestsPerMinute: perMinute, redisUrl }: Configuration,
  logger: Logger,
): Promise<RequestRate | undefined> {
  if (perMinute === undefined) return undefined;
  const { createRequestRate } = await import('./operation/request-rate.ts');
  return createRequestRate({ perMinute, redisUrl, logger });
}

/** The idle timeout has to outlast the longest operation, and headers may not take longer than the whole request. */
function connectionLimits({ limits: { connection }, requestTimeoutMs }: Configuration): ConnectionLimits {
  return {
    ...connection,
    headersTimeoutMs: Math.min(connection.headersTimeoutMs, connection.receiveTimeoutMs),
    idleTimeoutMs: Math.max(connection.idleTimeoutMs, requestTimeoutMs + 10_000),
  };
}
