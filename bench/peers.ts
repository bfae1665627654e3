import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'peers');

/** Installs the servers to compare with, when they are not there; false when they cannot be installed. */
export function peersAreThere(): boolean {
  if (existsSync(join(folder, 'node_modules/mercurius'))) return true;
  process.stderr.write('Installing the servers to compare with (bench/peers), once: about 130 MB.\n');
  try {
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return true;
  } catch {
    process.stderr.write('They cannot be installed: this gateway is measured against bare node:http alone.\n');
    return false;
  }
}
