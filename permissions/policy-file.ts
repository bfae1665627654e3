import { type ConditionKeys, gatewayConditionKeys } from './condition-keys.ts';
import { entriesOf, readObject } from './json-elements.ts';
import { readPolicyDocument, type Statement } from './policy-document.ts';
import { type PolicyFault, PolicyReport, shown, within } from './policy-fault.ts';
import { type Attachment, createPolicySet, type PolicySet } from './policy-set.ts';
import { findRepeatedKeys } from './repeated-keys.ts';

export interface PolicyFile {
  policies: PolicySet;
  /** What loads but is hardly meant. */
  warnings: readonly PolicyFault[];
}

/**
 * Reads a policy file: `{ policies: { name: RAM policy }, attachments: [{ group | subject, policies: [name] }] }`. Throws
 * PolicyFaults, which hold everything that is wrong with it.
 */
export function parsePolicyFile(text: string, keys: ConditionKeys = gatewayConditionKeys): PolicyFile {
  const report = new PolicyReport();
  const file = readJson(text, report);
  const elements = readObject(file, '', report, ['policies', 'attachments']) ?? new Map<string, unknown>();
  const policies = readPolicies(elements.get('policies'), report, keys);
  const attachments = readAttachments(elements.get('attachments'), report, new Set(policies.keys()));
  report.throwIfFaulty();
  return { policies: createPolicySet(policies, attachments), warnings: report.warnings };
}

const LONGEST_FILE = 4 * 1024 * 1024;
const MOST_ENTRIES = 10_000;
const LONGEST_NAME = 256;

function readJson(text: string, report: PolicyReport): unknown {
  if (text.length > LONGEST_FILE) report.fault('', `expected at most ${LONGEST_FILE} characters, got ${text.length}`);
  report.throwIfFaulty();
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    // The engine's message may quote lines of the file.
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    report.fault('', `not JSON: ${reason}`);
    report.throwIfFaulty();
  }
  // JSON.parse keeps the last of two equal keys and drops the other: perhaps the one that denies.
  for (const place of findRepeatedKeys(text)) report.fault(place, 'written twice');
  return file;
}

function readPolicies(value: unknown, report: PolicyReport, keys: ConditionKeys): Map<string, readonly Statement[]> {
  const policies = new Map<string, readonly Statement[]>();
  const entries = entriesOf(value, 'policies', report) ?? [];
  if (entries.length > MOST_ENTRIES) {
    report.fault('policies', `expected at most ${MOST_ENTRIES} policies, got ${entries.length}`);
    return policies;
  }
  for (const [name, document] of entries) {
    const place = within('policies', name);
    const problem = nameProblem(name);
    if (problem !== undefined) report.fault(place, problem);
    policies.set(name, readPolicyDocument(document, place, report, keys));
  }
  return policies;
}

function readAttachments(value: unknown, report: PolicyReport, policies: ReadonlySet<string>): Attachment[] {
  if (!Array.isArray(value)) {
    report.fault('attachments', `expected a list of attachments, got ${shown(value)}`);
    return [];
  }
  if (value.length > MOST_ENTRIES) {
    report.fault('attachments', `expected at most ${MOST_ENTRIES} attachments, got ${value.length}`);
    return [];
  }
  return value.flatMap((item, index) => readAttachment(item, within('attachments', index), report, policies) ?? []);
}

function readAttachment(
  value: unknown,
  place: string,
  report: PolicyReport,
  policies: ReadonlySet<string>,
): Attachment | undefined {
  const elements = readObject(value, place, report, ['group', 'subject', 'policies']);
  if (elements === undefined) return undefined;
  const to = elements.has('subject') ? 'subject' : 'group';
  const name = elements.get(to);
  if (elements.has('subject') === elements.has('group')) {
    report.fault(place, `expected exactly one of group and subject, got ${elements.has('group') ? 'both' : 'neither'}`);
  } else {
    const problem = nameProblem(name);
    if (problem !== undefined) report.fault(within(place, to), problem);
    if (name === '*') report.warn(within(place, to), `names the ${to} "*" and nobody else: there is no wildcard here`);
  }
  const names = readPolicyNames(elements.get('policies'), within(place, 'policies'), report, policies);
  return { to, name: String(name), policies: names };
}

function readPolicyNames(
  value: unknown,
  place: string,
  report: PolicyReport,
  policies: ReadonlySet<string>,
): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    report.fault(place, `expected a list of policy names, got ${Array.isArray(value) ? 'an empty one' : shown(value)}`);
    return [];
  }
  return value.filter((name, index): name is string => {
    const known = policies.has(name);
    if (!known) report.fault(within(place, index), `expected the name of a policy in this file, got ${shown(name)}`);
    return known;
  });
}

function nameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return `expected a name, got ${shown(name)}`;
  if (name.length > LONGEST_NAME) return `expected at most ${LONGEST_NAME} characters, got ${name.length}`;
  return undefined;
}
