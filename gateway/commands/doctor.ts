import type { Environment } from '../../upstream/credentials/default-chain.ts';
import { ConfigurationError, readConfiguration } from '../configuration/configuration.ts';
import { secretsOf } from '../configuration/configured-secrets.ts';
import { redact, spellings } from '../observability/redaction.ts';
import { tracesUrl } from '../observability/tracing.ts';
import { createUpstreamParts } from '../upstream-parts.ts';
import { checkAuditLog, checkKeys, checkPolicies } from './doctor/check-files.ts';
import { checkRedis } from './doctor/check-redis.ts';
import { checkTraces } from './doctor/check-traces.ts';
import { checkUpstream } from './doctor/check-upstream.ts';
import { type Finding, well, wrong } from './doctor/finding.ts';

// `npm run doctor`: looks at everything that the gateway needs, with the gateway's own variables, and says what to do where something is
// wrong. Exit code 0: all is well, 1: something is not.

let failures = 0;
for await (const { check, ok, says, advice } of examine(process.env)) {
  if (!ok) failures += 1;
  process.stdout.write(`${ok ? 'ok   ' : 'WRONG'}  ${check}: ${says}\n`);
  if (advice !== undefined) process.stdout.write(`       ${advice}\n`);
}
process.stdout.write(failures === 0 ? 'All is well.\n' : `${failures} found that must be put right.\n`);
process.exit(failures === 0 ? 0 : 1);

async function* examine(environment: Environment): AsyncGenerator<Finding> {
  const configuration = configurationIn(environment);
  if (Array.isArray(configuration)) {
    for (const line of configuration) yield wrong('configuration', line, 'set the variable to what it takes');
    return;
  }
  yield well('configuration', `is complete, with UPSTREAM=${configuration.upstream}`);
  const secrets = spellings(secretsOf(configuration, environment));
  const clean = (finding: Finding): Finding => ({ ...finding, says: redact(finding.says, secrets) });

  yield clean(checkPolicies(configuration));
  yield clean(await checkKeys(configuration));
  yield clean(await checkAuditLog(configuration));
  if (configuration.upstream === 'sandbox' && configuration.upstreamEndpoint === undefined) {
    yield well('upstream', 'the sandbox, inside of the gateway');
  } else {
    const parts = partsIn(() => createUpstreamParts(configuration, environment, configuration.upstreamEndpoint));
    if (parts === undefined) {
      const advice = 'its credentials must be Config objects of @alicloud/credentials, and its regions known ones';
      yield wrong('accounts', 'ACCOUNTS holds an account that cannot be used', advice);
    } else {
      for await (const finding of checkUpstream(configuration, parts)) yield clean(finding);
      await parts.attempt.close();
    }
  }
  for (const finding of [await checkRedis(configuration.redisUrl), await checkTraces(tracesUrl(environment))]) {
    if (finding !== undefined) yield clean(finding);
  }
}

function configurationIn(environment: Environment) {
  try {
    return readConfiguration(environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return [...error.lines];
    throw error;
  }
}

function partsIn<Parts>(create: () => Parts): Parts | undefined {
  try {
    return create();
  } catch {
    return undefined;
  }
}
