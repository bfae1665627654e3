import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { PolicyFaults } from '../../../permissions/policy-fault.ts';
import { parsePolicyFile } from '../../../permissions/policy-file.ts';
import { createAuthenticator } from '../../authentication/authentication.ts';
import type { Configuration } from '../../configuration/configuration.ts';
import { type Finding, systemCode, well, wrong } from './finding.ts';

const QUIET = { info() {}, warn() {} };
const KEYS_TIMEOUT_MS = 6_000;

export function checkPolicies({ ramPolicies }: Configuration): Finding {
  if (ramPolicies === undefined) return well('policies', 'the demo policies of the sandbox');
  try {
    const { warnings } = parsePolicyFile(readFileSync(ramPolicies, 'utf8'));
    if (warnings.length === 0) return well('policies', 'load');
    const lines = warnings.slice(0, 5).map(({ place, problem }) => `${place}: ${problem}`);
    return well('policies', `load, with ${warnings.length} warnings: ${lines.join('; ')}`);
  } catch (error) {
    const says = error instanceof PolicyFaults ? error.message : `cannot be read (${systemCode(error) ?? 'unknown'})`;
    return wrong(
      'policies',
      says,
      'put right what is named in RAM_POLICIES; docs/permissions.md describes the language',
    );
  }
}

/** Reads the keys as the gateway will. */
export async function checkKeys(configuration: Configuration): Promise<Finding> {
  const { authJwks } = configuration;
  if (authJwks.kind === 'development') return well('keys', 'the development key, which opens nothing but the sandbox');
  const advice =
    authJwks.kind === 'url'
      ? 'AUTH_JWKS must answer with a JWK Set and HTTP 200; look at it with curl from this machine'
      : 'AUTH_JWKS must name a readable file that holds a JWK Set';
  try {
    const authenticator = createAuthenticator(configuration, { logger: QUIET });
    try {
      const until = Date.now() + KEYS_TIMEOUT_MS;
      const settled = () => authenticator.state().loadedAt !== undefined || authenticator.state().fault !== undefined;
      while (!settled() && Date.now() < until) await pause(20);
      const { keys, loadedAt, fault } = authenticator.state();
      if (loadedAt === undefined) return wrong('keys', fault ?? 'no answer', advice);
      if (keys === 0) return wrong('keys', 'the set holds no key that can verify a token', advice);
      return well('keys', `${keys} that can verify tokens`);
    } finally {
      authenticator.close();
    }
  } catch (error) {
    return wrong('keys', `cannot be read (${systemCode(error) ?? 'not a JWK Set'})`, advice);
  }
}

export async function checkAuditLog({ auditLog }: Configuration): Promise<Finding> {
  if (auditLog === undefined) return well('audit log', 'to standard output');
  try {
    await (await open(auditLog, 'a', 0o600)).close();
    return well('audit log', `can be written: ${auditLog}`);
  } catch (error) {
    return wrong(
      'audit log',
      `cannot be written (${systemCode(error)})`,
      'AUDIT_LOG must name a file that this user may append to',
    );
  }
}
