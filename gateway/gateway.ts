import { fileURLToPath } from 'node:url';
import { createExecutor } from '../execution/executor.ts';
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
import { createAuthenticator } from './authentication/authentication.ts';
import type { Configuration } from './configuration/configuration.ts';
import { secretsOf } from './configuration/configured-secrets.ts';
import type { ConnectionLimits } from './configuration/limits.ts';
import { askForDefaultAccount } from './default-account.ts';
import { DEMO_POLICIES, type DemoPrincipal, demoPrincipals } from './demo.ts';
import { createConsoleFiles } from './http/console-files.ts';
import { graphiqlOptions } from './http/graphiql-options.ts';
import { createGraphiQLPage } from './http/graphiql-page.ts';
import { createGraphQLEndpoint } from './http/graphql-endpoint.ts';
import { startHttpServer } from './http/http-server.ts';
import { OpenRequests } from './http/open-requests.ts';
import { createAuditLog } from './observability/audit-log.ts';
import {
  createLineWriter,
  createLogger,
  type LineOutput,
  type Logger,
  standardOutput,
} from './observability/logger.ts';
import { createMetrics } from './observability/metrics.ts';
import { logsRequests } from './observability/request-log.ts';
import { startTracing } from './observability/tracing.ts';
import { logsUpstream, observedBy } from './observability/upstream-events.ts';
import { createDocuments } from './operation/documents.ts';
import { OpenSubscriptions } from './operation/open-subscriptions.ts';
import { createRunOperation } from './operation/operation.ts';
import { createPersistedDocuments } from './operation/persisted-documents.ts';
import { fixedPolicies, type Policies, watchPolicies } from './policies.ts';
import { readinessOf } from './readiness.ts';
import { createUpstreamParts, type UpstreamParts, VERSION } from './upstream-parts.ts';

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
  /** The process's variables, for the official credential chain. */
  environment?: Environment;
  /** Sends plain JSON requests through yoga too. */
  yogaOnly?: boolean;
}

/** Of the ten seconds in all, the rest is for what is still to be written and sent. */
const DRAIN_MS = 9_500;

/** Builds everything and listens: the one place where the parts meet. Raises what keeps it from starting. */
export async function startGateway(configuration: Configuration, options: GatewayOptions = {}): Promise<Gateway> {
  const output = options.output ?? standardOutput();
  const secrets = secretsOf(configuration, options.environment);
  const logging = { level: configuration.logLevel, output, secrets };
  const logger = createLogger(logging);
  const closing: (() => unknown)[] = [];
  const owned = <Part>(part: Part, close: (part: Part) => unknown): Part => {
    closing.unshift(() => close(part));
    return part;
  };
  const closeParts = async () => {
    for (const close of closing.splice(0)) await close();
  };

  try {
    const auditLog = owned(await createAuditLog({ path: configuration.auditLog, output, logger }), (log) =>
      log.close(),
    );
    const tracing = await startTracing(options.environment ?? {}, logger);
    if (tracing !== undefined) owned(tracing, (one) => one.close());
    const policies = owned(createPolicies(configuration, logger), (set) => set.close());
    const authenticator = owned(createAuthenticator(configuration, { logger }), (one) => one.close());
    const onSandbox = configuration.upstream === 'sandbox';
    const embedded = onSandbox && configuration.upstreamEndpoint === undefined;
    const sandbox = embedded ? owned(await startEmbeddedSandbox(), (server) => server.close()) : undefined;
    const parts = createUpstreamParts(
      configuration,
      options.environment ?? {},
      sandbox?.url ?? configuration.upstreamEndpoint,
    );
    owned(parts.attempt, (pool) => pool.close());
    const defaultAccount = owned(askForDefaultAccount(parts, logger), (one) => one.close());

    let draining = false;
    const readiness = () => readinessOf(draining, { policies, authenticator, defaultAccount });
    const endpointOf = (regionId: string) => parts.endpoints('r-kvstore', regionId).origin;
    const requests = new OpenRequests();
    const metrics = createMetrics({
      upstream: { callsPerMinute: configuration.upstreamCallsPerMinute, endpointOf },
      state: {
        ready: () => readiness().ready,
        policies: () => policies.state(),
        keys: () => authenticator.state(),
        version: VERSION,
      },
      open: () => requests.count(),
    });
    requests.onEnd(logsRequests(createLineWriter(logging)));
    requests.onEnd(metrics.ended);
    const observer = observedBy(logsUpstream(logger), metrics.observer, tracing?.observer ?? {});
    const store = owned(createStore(configuration, parts, endpointOf, observer, logger), (one) => one.close());
    await store.ready;
    const progress = owned(
      createBackupProgress(store, {
        timeoutMs: configuration.requestTimeoutMs,
        callsPerMinute: configuration.upstreamCallsPerMinute,
      }),
      (one) => one.close(),
    );
    const principals = onSandbox ? await demoPrincipals() : [];
    const schema = createSchema();
    const { introspection, limits } = configuration;
    const { requestsPerMinute: perMinute, redisUrl } = configuration;
    // Loaded only where requests are counted.
    const requestRate =
      perMinute === undefined
        ? undefined
        : (await import('./operation/request-rate.ts')).createRequestRate({ perMinute, redisUrl, logger });
    if (requestRate !== undefined) await owned(requestRate, (one) => one.close()).ready;
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
      runBatch: tracing?.runBatch,
    });

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
      readiness,
      metrics: metrics.read,
      demoPrincipals: onSandbox ? principals : undefined,
      logger,
    });
    return {
      url: server.url,
      sandbox,
      principals,
      logger,
      async close() {
        draining = true;
        await server.drain(DRAIN_MS);
        await closeParts();
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
}

/** A connection may be silent for as long as its operation may take; headers are a part of what has to come in time. */
function connectionLimits({ limits: { connection }, requestTimeoutMs }: Configuration): ConnectionLimits {
  return {
    ...connection,
    headersTimeoutMs: Math.min(connection.headersTimeoutMs, connection.receiveTimeoutMs),
    idleTimeoutMs: Math.max(connection.idleTimeoutMs, requestTimeoutMs + 10_000),
  };
}

function createPolicies(configuration: Configuration, logger: Logger): Policies {
  if (configuration.ramPolicies === undefined) return fixedPolicies(DEMO_POLICIES);
  return watchPolicies(configuration.ramPolicies, { logger });
}

/** Loaded only where it is used: a gateway on a real account has no sandbox in it. */
async function startEmbeddedSandbox(): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/server.ts');
  return startSandbox();
}

function createStore(
  configuration: Configuration,
  { accounts, attempt }: UpstreamParts,
  endpointOf: (regionId: string) => string,
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
