import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's `promtool` (package `prometheus`); undefined where there is none, and tests that need it are skipped. */
export const PROMTOOL = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find((path) => existsSync(path));

if (!PROMTOOL)
  console.warn('promtool is missing (Debian package prometheus): metrics and alert rules are not checked by it');

/** Runs it, and gives its exit code with everything that it said. */
export function promtool(args: readonly string[], input?: string): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(PROMTOOL ?? '', args, { input, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
}
