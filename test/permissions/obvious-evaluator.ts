import type { Principal } from '../../permissions/principal.ts';

// RAM's language once more, as plainly and as slowly as it can be put: everything is read anew at each question, nothing is compiled. It
// shares no code with what it checks, and takes only files that are right.

interface WrittenStatement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, Written | Written[]>>;
}
type Written = string | number | boolean;

export interface WrittenFile {
  policies: Record<string, { Version: '1'; Statement: WrittenStatement[] }>;
  attachments: { subject?: string; group?: string; policies: string[] }[];
}

export interface Question {
  principal: Principal;
  action: string;
  resource: string;
  field: string | undefined;
  tags: Record<string, string>;
  /** ISO 8601, UTC. */
  time: string;
}

export type Answer = 'ALLOW' | 'EXPLICIT_DENY' | 'IMPLICIT_DENY';

export function answerPlainly(file: WrittenFile, question: Question): Answer {
  const applying: WrittenStatement[] = [];
  for (const name of policiesOf(file, question.principal)) {
    for (const statement of file.policies[name]?.Statement ?? []) {
      if (applies(statement, question)) applying.push(statement);
    }
  }
  if (applying.some((statement) => statement.Effect === 'Deny')) return 'EXPLICIT_DENY';
  return applying.some((statement) => statement.Effect === 'Allow') ? 'ALLOW' : 'IMPLICIT_DENY';
}

export function policiesOf(file: WrittenFile, principal: Principal): Set<string> {
  const names = new Set<string>();
  for (const attachment of file.attachments) {
    const mine =
      (attachment.subject !== undefined && attachment.subject === principal.subject) ||
      (attachment.group !== undefined && principal.groups.includes(attachment.group));
    if (mine) for (const name of attachment.policies) names.add(name);
  }
  return names;
}

export function applies(statement: WrittenStatement, question: Question): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const action = question.action.toLowerCase();
  if (Action !== undefined && !list(Action).some((pattern) => globMatches(pattern.toLowerCase(), action))) return false;
  if (NotAction !== undefined && list(NotAction).some((pattern) => globMatches(pattern.toLowerCase(), action)))
    return false;
  if (Resource !== undefined && !list(Resource).some((pattern) => globMatches(pattern, question.resource)))
    return false;
  if (NotResource !== undefined && list(NotResource).some((pattern) => globMatches(pattern, question.resource)))
    return false;
  for (const [operator, keys] of Object.entries(Condition ?? {})) {
    for (const [key, written] of Object.entries(keys)) {
      if (!conditionHolds(operator, list(written), valuesOf(key, question))) return false;
    }
  }
  return true;
}

/** What a key has in a request: none, one or several values, all as texts. */
function valuesOf(key: string, { principal, field, tags, time }: Question): string[] {
  if (key === 'acs:SourceIp') return [principal.sourceIp];
  if (key === 'acs:CurrentTime') return [time];
  if (key === 'acs:SecureTransport') return [String(principal.secureTransport)];
  if (key === 'acs:MFAPresent') return [String(principal.mfaPresent)];
  if (key === 'gateway:Subject') return principal.subject === null ? [] : [principal.subject];
  if (key === 'gateway:Group') return [...principal.groups];
  if (key === 'gateway:Field') return field === undefined ? [] : [field];
  const tag = Object.entries(tags).find(([tagKey]) => key === `acs:ResourceTag/${tagKey}`);
  return tag === undefined ? [] : [tag[1]];
}

function conditionHolds(operator: string, written: Written[], actual: string[]): boolean {
  // The negated operators are those with a Not in their name; `Not...` holds exactly where the operator without it does not.
  if (operator.includes('Not')) return !conditionHolds(operator.replace('Not', ''), written, actual);
  return actual.some((value) => written.some((one) => valueMatches(operator, String(one), value)));
}

function valueMatches(operator: string, written: string, actual: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return written === actual;
    case 'StringEqualsIgnoreCase':
      return written.toLowerCase() === actual.toLowerCase();
    case 'StringLike':
      return globMatches(written, actual);
    case 'Bool':
      return (actual === 'true' || actual === 'false') && written === actual;
    case 'IpAddress':
      return addressMatches(written, actual);
  }
  const [, family, comparison] = /^(Numeric|Date)(.*)$/.exec(operator) ?? [];
  const read = (text: string) => (family === 'Date' ? new Date(text).getTime() : Number(text));
  // What a date or number is not, compares with nothing.
  const readable = family === 'Date' ? /^\d{4}-.*T.*Z$/ : /^-?[\d.]+$/;
  if (!readable.test(actual)) return false;
  const [left, right] = [read(actual), read(written)];
  if (comparison === 'Equals') return left === right;
  if (comparison === 'LessThan') return left < right;
  if (comparison === 'LessThanEquals') return left <= right;
  if (comparison === 'GreaterThan') return left > right;
  if (comparison === 'GreaterThanEquals') return left >= right;
  throw new Error(`Expected an operator, got ${operator}`);
}

/** Whether the rest of the pattern, from `p` on, matches the rest of the text, from `t` on; `known` has what was found out before. */
function globMatches(pattern: string, text: string, p = 0, t = 0, known = new Map<number, boolean>()): boolean {
  if (p === pattern.length) return t === text.length;
  const question = p * (text.length + 1) + t;
  let answer = known.get(question);
  if (answer === undefined) {
    const wanted = pattern[p];
    const rest = t < text.length;
    if (wanted === '*') {
      answer = globMatches(pattern, text, p + 1, t, known) || (rest && globMatches(pattern, text, p, t + 1, known));
    } else {
      answer = rest && (wanted === '?' || wanted === text[t]) && globMatches(pattern, text, p + 1, t + 1, known);
    }
    known.set(question, answer);
  }
  return answer;
}

function addressMatches(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/');
  const wanted = bitsOf(network);
  const actual = bitsOf(address);
  if (wanted === undefined || actual === undefined || wanted.length !== actual.length) return false;
  // The prefix of an IPv4 network in IPv6 counts the 96 bits before it too.
  const before = network.includes(':') && wanted.length === 32 ? 96 : 0;
  const count = prefix === undefined ? wanted.length : Number(prefix) - before;
  return wanted.slice(0, count) === actual.slice(0, count);
}

/** 32 or 128 characters `0` and `1`; an IPv4 address in IPv6 has 32. */
function bitsOf(address: string): string | undefined {
  const mapped = /^::ffff:([\d.]+)$/.exec(address);
  const dotted = /^\d+\.\d+\.\d+\.\d+$/.exec(mapped?.[1] ?? address);
  if (dotted)
    return dotted[0]
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('');
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/.test(address)) return undefined;
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}

function list<Item>(value: Item | Item[]): Item[] {
  return Array.isArray(value) ? value : [value];
}
