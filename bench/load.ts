import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A request that is sent over and over. */
export interface Target {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** A part of the body that is another one in each request: digits at its end count up. */
  vary?: string | undefined;
}

/** What one run saw. Latencies are milliseconds. */
export interface Run {
  requestsPerSecond: number;
  requests: number;
  p50: number;
  p99: number;
}

export interface LoadOptions {
  seconds: number;
  connections?: number;
}

/** As many requests as the server takes, each connection sending the next when its last one is answered. Raises when an answer is not 200. */
export async function fullLoad(target: Target, { seconds, connections = 32 }: LoadOptions): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const script = join(folder, 'request.lua');
    writeFileSync(script, luaOf(target));
    const { stdout } = await run(
      'wrk',
      ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, target.url],
      { encoding: 'utf8' },
    );
    const json = /^\{.*\}$/m.exec(stdout)?.[0];
    if (json === undefined) throw new Error(`wrk said:\n${stdout}`);
    const { requests, microseconds, p50, p99, errors } = JSON.parse(json);
    if (errors > 0) throw new Error(`${errors} of ${requests} requests to ${target.url} failed`);
    return { requests, requestsPerSecond: requests / (microseconds / 1e6), p50: p50 / 1_000, p99: p99 / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

/** Whether the load generator is there. */
export function wrkIsThere(): boolean {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // It prints its version and ends with code 1.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function luaOf({ headers, body, vary }: Target): string {
  const text = (value: string) => `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  return `wrk.method = "POST"
wrk.body = ${text(body)}
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers[${text(name)}] = ${text(value)}`)
  .join('\n')}
${vary === undefined ? '' : varying(body, vary, text)}
function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"errors":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

function varying(body: string, vary: string, text: (value: string) => string): string {
  const [before = '', after = ''] = body.split(vary, 2);
  const [, name = '', digits = ''] = /^(.*?)(\d+)$/.exec(vary) ?? [];
  // A start of its own for each run, so that no run finds what another has left in a cache.
  return `local n = ${Math.floor(Math.random() * 10 ** digits.length)}
function request()
  n = (n + 1) % ${10 ** digits.length}
  return wrk.format(nil, nil, nil, ${text(before + name)} .. string.format("%0${digits.length}d", n) .. ${text(after)})
end`;
}
