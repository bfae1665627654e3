import { isIP } from 'node:net';
import { z } from 'zod';
import { DEVELOPMENT_AUDIENCE } from '../authentication/development-key.ts';
import type { JwksSource } from '../authentication/verification-keys.ts';
import {
  type AccountConfiguration,
  encryptedOrLocal,
  isLoopbackUrl,
  readText,
  toAccounts,
  toAppendable,
  toJwksSource,
  toOrigins,
  toUrl,
} from './configuration-values.ts';
import { limitsOf, limitVariables } from './limits.ts';
import { variable, wholeNumber } from './variable.ts';

/** The account of the sandbox. */
export const SANDBOX_ACCOUNT_ID = '1234567890123456';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const oneOf = <const T extends string>(...choices: readonly T[]) =>
  variable(choices.join(' or '), (text) => choices.find((choice) => choice === text));

const flag = () => variable('true, false, 1 or 0', (text) => ({ true: true, 1: true, false: false, 0: false })[text]);

const text = (takes: string, pattern: RegExp) => variable(takes, (value) => (pattern.test(value) ? value : undefined));

const existingFile = (takes: string) =>
  variable(takes, (path) => {
    readText(path);
    return path;
  });

const milliseconds = () => wholeNumber(1, 600_000);
const count = () => wholeNumber(1, 1_000_000);
const secret = () => text('a secret without control characters', /^\P{Cc}+$/u);

/** Every variable, by its name. */
export const variables = z.object({
  NODE_ENV: z.string().optional(),
  PORT: wholeNumber(0, 65_535).default(4_000),
  HOST: variable('an IP address or a host name', (host) =>
    isIP(host) > 0 || /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(host)
      ? host
      : undefined,
  ).default('127.0.0.1'),
  UPSTREAM: oneOf('sandbox', 'alibaba').default('sandbox'),
  UPSTREAM_ENDPOINT: variable('a base URL: https, or http on loopback, without query or user', (value) => {
    const url = toUrl(value, ['https:', 'http:']);
    if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return undefined;
    return encryptedOrLocal(url).href.replace(/\/+$/, '');
  }).optional(),
  UPSTREAM_NETWORK: oneOf('public', 'vpc').default('public'),
  UPSTREAM_TIMEOUT_MS: milliseconds().default(3_000),
  REQUEST_TIMEOUT_MS: milliseconds().default(8_000),
  UPSTREAM_CALLS_PER_MINUTE: count().default(200),
  UPSTREAM_CONCURRENCY: wholeNumber(1, 10_000).default(16),
  ALIBABA_CLOUD_ACCESS_KEY_ID: text('the id of an AccessKey, without spaces', /^[\x21-\x7e]+$/).optional(),
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret().optional(),
  ALIBABA_CLOUD_SECURITY_TOKEN: text('a token without spaces', /^[\x21-\x7e]+$/).optional(),
  ALIBABA_CLOUD_ACCOUNT_ID: text('an account id of 16 digits', /^\d{16}$/).optional(),
  ACCOUNTS: variable('the path of a JSON file, an array of { id, credentials, regions? }', toAccounts).default([]),
  AUTH_JWKS: variable('the https URL (http on loopback) or the path of a JWK Set', toJwksSource).optional(),
  AUTH_AUDIENCE: text('the expected audience, or *', /\S/).optional(),
  AUTH_ISSUER: text('the expected issuer', /\S/).optional(),
  AUTH_GROUPS_CLAIM: text('the name of a claim', /\S/).default('groups'),
  RAM_POLICIES: existingFile('the path of a policy file').optional(),
  REDIS_URL: variable(
    'a URL like redis://host:6379/0 or rediss://...',
    (value) => toUrl(value, ['redis:', 'rediss:']).href,
  ).optional(),
  CORS_ORIGINS: variable('origins like https://portal.example, separated by commas', toOrigins).default([]),
  TRUST_PROXY: wholeNumber(0, 1_000).default(0),
  AUDIT_LOG: variable('the path of a file in a folder that exists', toAppendable).optional(),
  REQUESTS_PER_MINUTE: count().optional(),
  MAX_UPSTREAM_CALLS: count().default(150),
  ...limitVariables,
  PERSISTED_DOCUMENTS: existingFile('the path of a JSON file of documents').optional(),
  PERSISTED_DOCUMENTS_ONLY: flag().default(false),
  INTROSPECTION: flag().optional(),
  GRAPHIQL: flag().optional(),
  // Looked at here for its form alone; `observability/tracing.ts` reads it with the other `OTEL_*`.
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    'an http or https URL',
    (value) => toUrl(value, ['https:', 'http:']).href,
  ).optional(),
  LOG_LEVEL: oneOf(...LOG_LEVELS).default('info'),
});

type Variable = keyof typeof variables.shape;
type Given = Partial<Record<Variable, string>>;

/** What the process was asked to be. Frozen; names are the variables' own in camel case. Times are milliseconds. */
export type Configuration = ReturnType<typeof configurationOf>;

/** One or more wrong variables; the message has one line for each. */
export class ConfigurationError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigurationError';
    this.lines = lines;
  }
}

/**
 * Reads the environment, and of the files that it names those whose form is decided here (`ACCOUNTS`, `AUTH_JWKS`).
 *
 * @throws ConfigurationError
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const given: Given = {};
  for (const name of Object.keys(variables.shape) as Variable[]) {
    const value = env[name];
    const ignored = env.UPSTREAM !== 'alibaba' && name.startsWith('ALIBABA_CLOUD_');
    if (value !== undefined && value !== '' && !ignored) given[name] = value;
  }

  const parsed = variables.safeParse(given);
  const faults = new Map<string, string>();
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]) as Variable;
    faults.set(name, `${name}: got ${shown(name, given[name])}${issue.message}`);
  }
  for (const [name, fault] of rulesBetween(given)) if (!faults.has(name)) faults.set(name, `${name}: ${fault}`);
  if (!parsed.success || faults.size > 0) throw new ConfigurationError([...faults.values()]);
  return configurationOf(parsed.data);
}

/** What one variable asks of another. Looks at what was given, so that it speaks beside faults of single variables. */
function rulesBetween(given: Given): [Variable, string][] {
  const faults: [Variable, string][] = [];
  const require = (name: Variable, takes: string, why: string) => {
    if (given[name] === undefined) faults.push([name, `not set, takes ${takes}; required ${why}`]);
  };

  if (given.NODE_ENV === 'production') require('UPSTREAM', 'sandbox or alibaba', 'with NODE_ENV=production');
  if (given.UPSTREAM === 'alibaba') {
    require('AUTH_JWKS', 'the https URL or the path of a JWK Set', 'with UPSTREAM=alibaba');
    require('AUTH_AUDIENCE', 'the expected audience, or * for any', 'with UPSTREAM=alibaba');
    require('RAM_POLICIES', 'the path of a policy file', 'with UPSTREAM=alibaba');
  }
  const onSandbox = given.UPSTREAM === undefined || given.UPSTREAM === 'sandbox';
  if (onSandbox && given.UPSTREAM_ENDPOINT !== undefined && !isLoopbackUrl(given.UPSTREAM_ENDPOINT)) {
    const endpoint = shown('UPSTREAM_ENDPOINT', given.UPSTREAM_ENDPOINT);
    faults.push(['UPSTREAM_ENDPOINT', `got ${endpoint}, takes only a loopback address with UPSTREAM=sandbox`]);
  }
  if (given.ALIBABA_CLOUD_ACCESS_KEY_ID !== undefined) {
    require('ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'a secret', 'with ALIBABA_CLOUD_ACCESS_KEY_ID');
  }
  if (given.ALIBABA_CLOUD_ACCESS_KEY_SECRET !== undefined || given.ALIBABA_CLOUD_SECURITY_TOKEN !== undefined) {
    require('ALIBABA_CLOUD_ACCESS_KEY_ID', 'the id of an AccessKey', 'with the other parts of the AccessKey');
  }
  if (/^(true|1)$/.test(given.PERSISTED_DOCUMENTS_ONLY ?? '')) {
    require('PERSISTED_DOCUMENTS', 'the path of a JSON file of documents', 'with PERSISTED_DOCUMENTS_ONLY');
  }
  return faults;
}

function configurationOf(values: z.output<typeof variables>) {
  const onSandbox = values.UPSTREAM === 'sandbox';
  const { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret } = values;
  const development: JwksSource = { kind: 'development' };
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    upstream: values.UPSTREAM,
    /** Without a slash at its end; absent: by region. */
    upstreamEndpoint: values.UPSTREAM_ENDPOINT,
    upstreamNetwork: values.UPSTREAM_NETWORK,
    upstreamTimeoutMs: values.UPSTREAM_TIMEOUT_MS,
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    upstreamCallsPerMinute: values.UPSTREAM_CALLS_PER_MINUTE,
    upstreamConcurrency: values.UPSTREAM_CONCURRENCY,
    /** The default account's AccessKey; absent: by the official default chain, or the sandbox's own. */
    accessKey:
      accessKeyId !== undefined && accessKeySecret !== undefined
        ? Object.freeze({ accessKeyId, accessKeySecret, securityToken: values.ALIBABA_CLOUD_SECURITY_TOKEN })
        : undefined,
    /** Absent: to be asked from STS. */
    accountId: onSandbox ? SANDBOX_ACCOUNT_ID : values.ALIBABA_CLOUD_ACCOUNT_ID,
    accounts: Object.freeze<AccountConfiguration[]>(values.ACCOUNTS),
    authJwks: Object.freeze(values.AUTH_JWKS ?? development),
    authAudience: values.AUTH_AUDIENCE ?? DEVELOPMENT_AUDIENCE,
    authIssuer: values.AUTH_ISSUER,
    authGroupsClaim: values.AUTH_GROUPS_CLAIM,
    /** Path; absent: the sandbox's demo policies. */
    ramPolicies: values.RAM_POLICIES,
    redisUrl: values.REDIS_URL,
    corsOrigins: Object.freeze(values.CORS_ORIGINS),
    trustProxy: values.TRUST_PROXY,
    /** Path; absent: standard output. */
    auditLog: values.AUDIT_LOG,
    /** Of one principal; absent: no limit. */
    requestsPerMinute: values.REQUESTS_PER_MINUTE,
    maxUpstreamCalls: values.MAX_UPSTREAM_CALLS,
    limits: limitsOf(values),
    persistedDocuments: values.PERSISTED_DOCUMENTS,
    persistedDocumentsOnly: values.PERSISTED_DOCUMENTS_ONLY,
    introspection: values.INTROSPECTION ?? onSandbox,
    graphiql: values.GRAPHIQL ?? onSandbox,
    logLevel: values.LOG_LEVEL,
  });
}

const SECRETS: ReadonlySet<Variable> = new Set([
  // The id too: whoever swaps the two must not see the secret in a log.
  'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'ALIBABA_CLOUD_SECURITY_TOKEN',
]);
const MAX_SHOWN_LENGTH = 120;

function shown(name: Variable, value = ''): string {
  if (SECRETS.has(name)) return '(hidden)';
  // A file's content given in place of its path.
  if (/^\s*[[{]/.test(value)) return '(hidden)';
  // Without its scheme a URL of Redis may be a mere password.
  if (name === 'REDIS_URL' && !/^[a-z]+:\/\/|^[a-z0-9.-]+:\d+$/i.test(value)) return '(hidden)';
  const masked = value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1(hidden)@').replace(/\?.*/s, '?(hidden)');
  return JSON.stringify(masked.length > MAX_SHOWN_LENGTH ? `${masked.slice(0, MAX_SHOWN_LENGTH)}...` : masked);
}
