import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signDevelopmentToken } from '../gateway/authentication/development-key.ts';
import { type ServerProcess, type StartOptions, startServer } from './processes.ts';

const root = new URL('..', import.meta.url).pathname;

/** Where a part of the benchmark takes place: the processes it has started, and a folder, all gone when it is disposed of. */
export class Stage implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bench-'));
  readonly #servers: ServerProcess[] = [];

  /** Starts a script of the repository, named from its root. */
  async start(script: string, options?: StartOptions): Promise<ServerProcess> {
    const server = await startServer(join(root, script), options);
    this.#servers.push(server);
    return server;
  }

  /** Writes a text to a file that others may read. */
  file(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.splice(0)) await server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A token that opens everything in the sandbox. */
export function administratorToken(subject = 'alice'): Promise<string> {
  return signDevelopmentToken({ subject, groups: ['administrators'], ttlSeconds: 86_400 });
}
