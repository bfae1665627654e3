import type { Row } from './expected-values.ts';
import type { Journal } from './journal.ts';
import type { KnownBackups, Span } from './known-backups.ts';
import type { Replica, Replicas } from './replicas.ts';
import type { Strain } from './strain.ts';
import type { UpstreamFaults } from './upstream-faults.ts';

/** Who asks. */
export interface Tokens {
  administrator: string;
  /** Reads one region, without download links. */
  reader: string;
  /** Reads nothing. */
  guest: string;
}

export interface Question {
  query: string;
  variables?: Record<string, unknown>;
  /** Default: the administrator. Null: nobody. */
  token?: string | null;
  /** Reads through the caches. */
  noCache?: boolean;
  /** Milliseconds after which the client goes away. */
  leavesAfterMs?: number;
  /** Codes that this question itself leads to, whatever the upstream does. */
  expects?: readonly string[];
  /** Fields that need the upstream and have their value. */
  reads?(data: AnswerData): number;
  /** Sent in place of the question. */
  body?: string;
}

/** What the questions of the soak select; each has the part that it selected. */
export interface AnswerData {
  instance?: (Row & { clusterBackups?: BackupConnection | null }) | null;
  instances?: { totalCount: number | null; nodes: Row[] } | null;
  clusterBackup?: Row | null;
  node?: Row | null;
  nodes?: (Row | null)[];
  _entities?: (Row | null)[];
}

/** A page of backups, with what was selected of it. */
export interface BackupConnection {
  edges: { cursor: string }[];
  nodes: Row[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  totalCount: number | null;
  fullStorageBytes: number | null;
}

interface AnswerBody {
  data?: AnswerData | null;
  errors?: Problem[];
  extensions?: { stale?: { ageSeconds: number }[] };
}

export interface Problem {
  path?: readonly (string | number)[];
  message: string;
  extensions?: { code?: string; retryAfterSeconds?: number } & Record<string, unknown>;
}

/** An answer, and what it is to be judged by. */
export interface Answer {
  status: number;
  /** Undefined or null where nothing ran, or nothing is left. */
  data: AnswerData | null | undefined;
  errors: readonly Problem[];
  /** From when the question was asked until the answer was there. */
  asked: Span;
  /** Of the oldest part that was served although a newer one was wanted. */
  staleMs: number;
  text: string;
}

export interface Soak {
  known: KnownBackups;
  faults: UpstreamFaults;
  replicas: Replicas;
  journal: Journal;
  tokens: Tokens;
  strain: Strain;
  requestTimeoutMs: number;
}

/** The longest that answers are served from a cache as they are: those of past windows. */
const FRESH_MS = 300_000;
/** What two processes that work hard on one machine may add. */
const MARGIN_MS = 1_500;
/** What a machine that is too busy makes of an upstream that is well: attempts that take too long, and a breaker that they open. */
const BUSY_CODES: readonly string[] = ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE'];
const AFTER_STRAIN_MS = 8_000;
/** The network is given so much to hand a request over before the replica is told to end. */
const HANDED_OVER_MS = 100;

/** A client of the gateway, which looks at each answer for what no answer may have, whatever was asked. */
export class Visitor {
  readonly soak: Soak;
  readonly operation: string;

  constructor(soak: Soak, operation: string) {
    this.soak = soak;
    this.operation = operation;
  }

  /** Undefined when there was no answer, which was the client's or a killed replica's doing. */
  async ask(question: Question): Promise<Answer | undefined> {
    const replica = this.soak.replicas.any();
    const { journal } = this.soak;
    const from = Date.now();
    const began = performance.now();
    try {
      const response = await fetch(`${replica.url}/graphql`, {
        method: 'POST',
        headers: this.headers(question),
        body: question.body ?? JSON.stringify({ query: question.query, variables: question.variables }),
        ...(question.leavesAfterMs === undefined ? {} : { signal: AbortSignal.timeout(question.leavesAfterMs) }),
      });
      const text = await response.text();
      const ms = performance.now() - began;
      return this.#judge(question, replica, response.status, text, { from, to: Date.now() }, ms);
    } catch (error) {
      const kind = question.leavesAfterMs === undefined ? 'cut off' : 'left';
      const { operation } = this;
      journal.ended({ operation, kind, ms: performance.now() - began, codes: [], stale: false, reads: 0 });
      if (kind === 'cut off') this.cutOff(replica, from, error);
      return undefined;
    }
  }

  headers({ token = this.soak.tokens.administrator, noCache }: Question): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(noCache ? { 'cache-control': 'no-cache' } : {}),
    };
  }

  /** A connection ended without an answer: that is right for a replica that was killed, or asked to end before. */
  cutOff(replica: Replica, askedAt: number, error: unknown): void {
    const { ended } = replica;
    if (ended?.signal === 'SIGKILL' || (ended && ended.at < askedAt + HANDED_OVER_MS)) return;
    const { message, cause } = error as Error;
    this.wrong(`no answer of ${replica.name}`, { message, cause: String(cause), ended, askedAt });
  }

  wrong(what: string, details: unknown): void {
    this.soak.journal.wrong(this.operation, what, details);
  }

  /** When a value may have been read that is in an answer. */
  readWithin({ asked, staleMs }: Answer, freshMs = FRESH_MS): Span {
    return { from: asked.from - Math.max(freshMs, this.soak.requestTimeoutMs) - staleMs - 2_000, to: asked.to };
  }

  #judge(question: Question, replica: Replica, status: number, text: string, asked: Span, ms: number): Answer {
    const { journal, strain, requestTimeoutMs } = this.soak;
    const body = parse(text);
    const details = { replica: replica.name, asked, status, ...question, text: text.slice(0, 2_000) };
    const { data = null, errors = [], extensions = {} } = body ?? {};
    const codes = errors.map(({ extensions: { code = 'none' } = {} }: Problem) => code);
    const stale: { ageSeconds: number }[] = extensions.stale ?? [];
    const staleMs = stale.reduce((most, { ageSeconds }) => Math.max(most, 1_000 * (ageSeconds + 1)), 0);
    const answer = { status, data, errors, asked, staleMs, text };
    journal.ended({
      operation: this.operation,
      kind: errors.length === 0 ? 'data' : hasValues(data) ? 'part' : 'refused',
      ms,
      codes,
      stale: stale.length > 0,
      reads: data === null ? 0 : (question.reads?.(data) ?? 0),
    });
    if (body === undefined && !(status === 503 && replica.ended)) this.wrong('the answer is not JSON', details);
    const strained = strain.within({ from: asked.from - AFTER_STRAIN_MS, to: asked.to });
    // Each of the processes that an answer comes through may have been as late.
    if (ms > requestTimeoutMs + MARGIN_MS + 3 * strained) this.wrong(`it took ${ms.toFixed(0)} ms`, details);
    const allowed = this.soak.faults.codesIn(asked);
    for (const code of question.expects ?? []) allowed.add(code);
    const foreign = codes.filter((code: string) => !allowed.has(code));
    if (strained > 0 && foreign.length > 0 && foreign.every((code: string) => BUSY_CODES.includes(code)))
      strain.excused += 1;
    else if (foreign.length > 0) this.wrong(`${foreign[0]} is none of ${[...allowed].join(', ')}`, details);
    for (const { extensions: problem } of errors as Problem[]) {
      if (problem?.code === 'RATE_LIMITED' && !((problem.retryAfterSeconds ?? 0) > 0))
        this.wrong('RATE_LIMITED without retryAfterSeconds', details);
    }
    if (errors.length === 0 && data === null) this.wrong('neither data nor errors', details);
    return answer;
  }
}

/** The error that says why the field at a path is null. */
export function errorAt({ errors }: Answer, path: readonly (string | number)[]): Problem | undefined {
  return errors.find((error) => error.path?.every((step, index) => path[index] === step));
}

/** The error that made a null of a path: one there or above, or of a field below that must not be null (`pageInfo.hasPreviousPage`). */
export function errorNulling(answer: Answer, path: readonly (string | number)[]): Problem | undefined {
  return (
    errorAt(answer, path) ?? answer.errors.find((error) => path.every((step, index) => error.path?.[index] === step))
  );
}

function parse(text: string): AnswerBody | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasValues(data: unknown): boolean {
  return data !== null && typeof data === 'object' && Object.values(data).some((value) => value !== null);
}
