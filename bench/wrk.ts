import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SentLoad } from './load.ts';
import { firstNumber, type Run, type Target, type VariedBody, variedBody } from './target.ts';

/** Load by wrk, which takes little of the machine from the server. Raises when an answer is not 200. */
export async function wrkLoad(target: Target, { seconds, connections, restMs }: SentLoad): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const script = join(folder, 'request.lua');
    writeFileSync(script, luaOf(target, restMs));
    const { stdout } = await run(
      'wrk',
      ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, target.url],
      { encoding: 'utf8' },
    );
    const json = /^\{.*\}$/m.exec(stdout)?.[0];
    if (json === undefined) throw new Error(`wrk said:\n${stdout}`);
    const { requests, microseconds, p50, p90, p99, errors } = JSON.parse(json);
    if (errors > 0) throw new Error(`${errors} of ${requests} requests to ${target.url} failed`);
    const ms = (quantile: number) => quantile / 1_000;
    return { requests, requestsPerSecond: requests / (microseconds / 1e6), p50: ms(p50), p90: ms(p90), p99: ms(p99) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);

export function wrkIsThere(): boolean {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // It prints its version and ends with code 1.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function luaOf(target: Target, restMs: number): string {
  const varied = variedBody(target);
  return `wrk.method = "POST"
wrk.body = ${text(target.body)}
${Object.entries(target.headers)
  .map(([name, value]) => `wrk.headers[${text(name)}] = ${text(value)}`)
  .join('\n')}
${varied.digits === 0 ? '' : countingUp(varied)}
${restMs === 0 ? '' : `function delay() return math.random(0, ${Math.round(restMs)}) end`}
function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p90":%d,"p99":%d,"errors":%d}', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(90), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

function countingUp(varied: VariedBody): string {
  const { before, digits, after } = varied;
  return `local n = ${firstNumber(varied)}
function request()
  n = (n + 1) % ${10 ** digits}
  return wrk.format(nil, nil, nil, ${text(before)} .. string.format("%0${digits}d", n) .. ${text(after)})
end`;
}

/** As a text of Lua. */
function text(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
