import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Decision } from '../../permissions/decision.ts';
import { parseInstant } from '../../permissions/instant.ts';
import { describeFault } from '../../permissions/policy-fault.ts';
import { type PolicyFile, parsePolicyFile } from '../../permissions/policy-file.ts';
import { createRequestPermissions } from '../../permissions/request-permissions.ts';
import { DEMO_POLICIES } from '../demo/demo-policies.ts';

// `npm run can -- --subject alice --action … --resource …`: prints what the gateway would decide, and the policy and statement
// that decide it. Exit code 0: allowed, or help was asked for, 2: denied, 1: wrong usage or a broken policy file.

const USAGE = `usage: npm run can -- --subject NAME [--groups a,b] --action ACTION --resource ARN [--field Type.field]
         [--source-ip ADDRESS] [--plain-http] [--mfa] [--at TIME] [--tag key=value]... [--policies FILE]
Without more, the caller comes by https from 127.0.0.1, now, without MFA, and the instance has no tags.
FILE is $RAM_POLICIES when it is not given, and without either these are the demo policies of the sandbox.`;

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main(): number {
  const asked = readArguments();
  if (asked === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { policies, warnings } = readPolicies(asked.path);
  for (const warning of warnings) process.stderr.write(`warning: ${describeFault(warning)}\n`);

  const permissions = createRequestPermissions(policies.forPrincipal(asked.principal), asked.principal, {
    now: () => asked.at,
  });
  const decision = permissions.on(asked.action, asked.resource).decide(asked.field, asked.tags);
  process.stdout.write(describe(decision));
  return decision.effect === 'ALLOW' ? 0 : 2;
}

/** Undefined when only help was asked for. */
function readArguments() {
  try {
    return parseArguments();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

function parseArguments() {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string' },
      groups: { type: 'string', default: '' },
      action: { type: 'string' },
      resource: { type: 'string' },
      field: { type: 'string' },
      'source-ip': { type: 'string', default: '127.0.0.1' },
      'plain-http': { type: 'boolean', default: false },
      mfa: { type: 'boolean', default: false },
      at: { type: 'string' },
      tag: { type: 'string', multiple: true, default: [] },
      policies: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    principal: {
      subject: required('--subject', values.subject),
      groups: values.groups.split(',').flatMap((group) => group.trim() || []),
      sourceIp: values['source-ip'],
      secureTransport: !values['plain-http'],
      mfaPresent: values.mfa,
    },
    action: required('--action', values.action),
    resource: required('--resource', values.resource),
    field: values.field,
    at: values.at === undefined ? Date.now() : toInstant(values.at),
    tags: new Map(values.tag.map(toTag)),
    path: pathOf(values.policies || process.env.RAM_POLICIES),
  };
}

/** Without a file the demo policies are meant, but never for a real account. */
function pathOf(given: string | undefined): string | undefined {
  return process.env.UPSTREAM === 'alibaba' ? required('--policies', given) : given;
}

function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new Error(`${option} is missing`);
  return value;
}

function toInstant(text: string): number {
  const instant = parseInstant(text);
  if (instant === undefined)
    throw new Error(`--at takes a time like 2024-07-01T18:00:00+08:00, got ${JSON.stringify(text)}`);
  return instant;
}

function toTag(text: string): [string, string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new Error(`--tag takes key=value, got ${JSON.stringify(text)}`);
  return [key, value];
}

function readPolicies(path: string | undefined): PolicyFile {
  if (path === undefined) return parsePolicyFile(JSON.stringify(DEMO_POLICIES));
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`the policy file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return parsePolicyFile(text);
}

function describe({ effect, policy, statement }: Decision): string {
  const by = policy === null ? ['none', 'none'] : [policy, String(statement)];
  return `decision   ${effect}\npolicy     ${by[0]}\nstatement  ${by[1]}\n`;
}
