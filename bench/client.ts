import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import type { SentLoad } from './load.ts';
import { type Run, type Target, variedBody } from './target.ts';

/** What the process of the client is told. */
export interface Job {
  url: string;
  /** A request with each of these sets of headers in turn. */
  headers: readonly Readonly<Record<string, string>>[];
  body: { before: string; digits: number; after: string };
  /** The first number of a body that counts up; at random when absent. */
  from?: number;
  connections: number;
  /** How many requests; or for how long. */
  requests?: number;
  seconds?: number;
  /** Each connection rests between its answer and its next request, by chance no longer than this. */
  restMs?: number;
}

/** What the process of the client saw. Times are milliseconds. */
export interface Seen {
  requests: number;
  /** From the first request to the last answer. */
  ms: number;
  p50: number;
  p90: number;
  p99: number;
  /** Answers that were not 200, or did not come. */
  failed: number;
}

/** As `load`, where wrk is not there. */
export async function ownLoad(target: Target, load: SentLoad): Promise<Run> {
  const seen = await send(target, load);
  return { requestsPerSecond: seen.requests / (seen.ms / 1_000), ...seen };
}

/** So many requests at once, each on a connection of its own that is open already, with each of `headers` in turn. */
export function burst(target: Target, requests: number, headers?: readonly Target['headers'][]): Promise<Seen> {
  return send(target, { requests, connections: requests }, headers);
}

/** The first so many of the bodies of a target, each once. */
export function eachOnce(target: Target, requests: number, connections = 8): Promise<Seen> {
  return send(target, { requests, connections, from: 0 });
}

/** Raises when an answer is not 200. */
export async function send(
  { url, headers, ...body }: Target,
  load: Omit<Job, 'url' | 'headers' | 'body'>,
  headersInTurn: readonly Target['headers'][] = [headers],
): Promise<Seen> {
  const job: Job = { url, headers: headersInTurn, body: variedBody(body), ...load };
  const script = new URL('client-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(job));
  const seen = (await json(child.stdout)) as Seen;
  if (seen.failed > 0) throw new Error(`${seen.failed} of ${seen.requests} requests to ${job.url} failed`);
  return seen;
}
