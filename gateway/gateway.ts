import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createSchema } from '../schema/index.ts';
import { accountsFile, createAccounts } from '../upstream/accounts.ts';
import { createAttempt } from '../upstream/attempt.ts';
import { createRKVStore, type RKVStoreClient } from '../upstream/client.ts';
import { defaultCredentials, type Environment } from '../upstream/credentials/default-chain.ts';
import { staticCredentials } from '../upstream/credentials.ts';
import { createEndpoints } from '../upstream/endpoints.ts';
import { describeClusterBackupList } from '../upstream/operations/describe-cluster-backup-list.ts';
import { describeInstances } from '../upstream/operations/describe-instances.ts';
import { describeRegions } from '../upstream/operations/describe-regions.ts';
import { createAuditLog } from './audit-log.ts';
import { createAuthenticator } from './authentication.ts';
import type { Configuration } from './configuration.ts';
import { createConsoleFiles } from './console-files.ts';
import { DEMO_POLICIES, type DemoPrincipal, demoPrincipals } from './demo.ts';
import { createDocuments } from './documents.ts';
import { createGraphQLEndpoint } from './graphql-endpoint.ts';
import { startHttpServer } from './http-server.ts';
import { createLogger, type LineOutput, type Logger, standardOutput } from './logger.ts';
import { OpenRequests } from './open-requests.ts';
import { createRunOperation } from './operation.ts';
import { createPersistedDocuments } from './persisted-documents.ts';
import { fixedPolicies, type Policies, watchPolicies } from './policies.ts';
import { logsRequests } from './request-log.ts';
import { exampleOperations } from './welcome.ts';

/** A running gateway. */
export interface Gateway {
  /** `http://127.0.0.1:4000`, without a slash at its end. */
  readonly url: string;
  /** The sandbox in this process; undefined when the upstream is elsewhere. */
  readonly sandbox: Sandbox | undefined;
  /** Somebody to try the sandbox as; empty on a real account. */
  readonly principals: readonly DemoPrincipal[];
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

const DRAIN_MS = 10_000;

/** Builds everything and listens: the one place where the parts meet. Raises what keeps it from starting. */
export async function startGateway(configuration: Configuration, options: GatewayOptions = {}): Promise<Gateway> {
  const output = options.output ?? standardOutput();
  const logger = createLogger({ level: configuration.logLevel, output, secrets: secretsOf(configuration) });
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
    const policies = owned(createPolicies(configuration, logger), (set) => set.close());
    const authenticator = owned(createAuthenticator(configuration, { logger }), (one) => one.close());
    const onSandbox = configuration.upstream === 'sandbox';
    const embedded = onSandbox && configuration.upstreamEndpoint === undefined;
    const sandbox = embedded ? owned(await startEmbeddedSandbox(), (server) => server.close()) : undefined;
    const store = owned(createStore(configuration, options.environment ?? {}, sandbox, logger, owned), (one) =>
      one.close(),
    );
    await store.ready;
    const principals = onSandbox ? await demoPrincipals() : [];
    const schema = createSchema();
    const { introspection } = configuration;
    const run = createRunOperation({
      configuration,
      schema,
      authenticator,
      documentText: createPersistedDocuments(configuration.persistedDocuments, configuration.persistedDocumentsOnly),
      documents: createDocuments({ schema, introspection }),
      policies,
      store,
      auditLog,
      logger,
    });

    const requests = new OpenRequests([logsRequests(logger)]);
    let ready = true;
    const server = await startHttpServer({
      host: configuration.host,
      port: configuration.port,
      graphql: createGraphQLEndpoint({
        run,
        requests,
        corsOrigins: configuration.corsOrigins,
        graphiql: configuration.graphiql ? graphiqlOptions(sandbox, principals) : undefined,
        yogaOnly: options.yogaOnly === true,
      }),
      console: createConsoleFiles(fileURLToPath(new URL('../console/dist', import.meta.url))),
      readiness: () => ({ ready, details: { policies: policies.state(), keys: authenticator.state() } }),
      metrics: async () => ({ type: 'text/plain; version=0.0.4', text: '' }),
      demoPrincipals: onSandbox ? principals : undefined,
      logger,
    });
    return {
      url: server.url,
      sandbox,
      principals,
      async close() {
        ready = false;
        await server.close(DRAIN_MS);
        await closeParts();
      },
    };
  } catch (error) {
    await closeParts();
    throw error;
  }
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

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const SANDBOX_KEY = { accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' };

function createStore(
  configuration: Configuration,
  environment: Environment,
  sandbox: Sandbox | undefined,
  logger: Logger,
  owned: <Part>(part: Part, close: (part: Part) => unknown) => Part,
): RKVStoreClient {
  const report = (event: object) => logger.warn(event, 'upstream: not as expected');
  const { upstream, accessKey, accountId: id } = configuration;
  const credentials =
    upstream === 'sandbox'
      ? staticCredentials(SANDBOX_KEY)
      : accessKey === undefined
        ? defaultCredentials(environment)
        : staticCredentials(accessKey as Parameters<typeof staticCredentials>[0]);
  const accounts = createAccounts({
    defaultAccount: { id, credentials },
    others: accountsFile.parse(configuration.accounts),
  });
  const endpoints = createEndpoints({
    network: configuration.upstreamNetwork,
    ...overrideOf(sandbox?.url ?? configuration.upstreamEndpoint),
  });
  const timeoutMs = configuration.upstreamTimeoutMs;
  const attempt = owned(
    createAttempt({
      endpoints,
      credentialsOf: (accountId) => accounts.credentialsOf(accountId),
      userAgent: `kvstore-gateway/${version}`,
      timeoutMs,
    }),
    (pool) => pool.close(),
  );
  return createRKVStore({
    attempt,
    operations: {
      describeClusterBackupList: describeClusterBackupList(report),
      describeInstances: describeInstances(report),
      describeRegions,
    },
    accounts,
    accountCount: configuration.accounts.length + 1,
    endpointOf: (regionId) => endpoints('r-kvstore', regionId).origin,
    callsPerMinute: configuration.upstreamCallsPerMinute,
    concurrency: configuration.upstreamConcurrency,
    attemptTimeoutMs: timeoutMs,
    redisUrl: configuration.redisUrl,
  });
}

function overrideOf(override: string | undefined): { override?: string } {
  return override === undefined ? {} : { override };
}

function graphiqlOptions(sandbox: Sandbox | undefined, principals: readonly DemoPrincipal[]) {
  const [administrator] = principals;
  const examples = sandbox === undefined ? [] : exampleOperations(sandbox.demo);
  return {
    title: 'kvstore-gateway',
    ...(examples[0] === undefined ? {} : { defaultQuery: examples[0] }),
    ...(administrator === undefined
      ? {}
      : { headers: JSON.stringify({ authorization: `Bearer ${administrator.token}` }, null, 2) }),
  };
}

function secretsOf({ accessKey, redisUrl }: Configuration): (string | undefined)[] {
  return [accessKey?.accessKeyId, accessKey?.accessKeySecret, accessKey?.securityToken, redisUrl];
}
