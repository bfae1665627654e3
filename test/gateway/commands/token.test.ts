import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../gateway/authentication/authentication.ts';
import { readConfiguration } from '../../../gateway/configuration/configuration.ts';

const script = fileURLToPath(new URL('../../../gateway/commands/token.ts', import.meta.url));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

describe('the token command', () => {
  it('prints nothing but a token that another process of the sandbox accepts', async () => {
    const { code, stdout } = await run('--subject', 'alice', '--groups', 'sre, dba', '--ttl', '15m', '--mfa');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const token = stdout.trim();
    const { exp, iat } = decodeJwt(token);
    expect(Number(exp) - Number(iat)).toBe(900);

    const authenticator = createAuthenticator(readConfiguration({}), { logger: { info() {}, warn() {} } });
    expect(await authenticator.authenticate(`Bearer ${token}`)).toMatchObject({
      kind: 'authenticated',
      principal: { subject: 'alice', groups: ['sre', 'dba'], mfaPresent: true },
    });
  });

  it('says how it is used when it is asked', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('usage: npm run token');
  });

  it.each([
    ['no subject', []],
    ['an empty subject', ['--subject', '']],
    ['a lifetime without a unit', ['--subject', 'alice', '--ttl', '10']],
    ['no lifetime', ['--subject', 'alice', '--ttl', '0h']],
    ['an endless lifetime', ['--subject', 'alice', '--ttl', '999999999d']],
    ['an unknown option', ['--subject', 'alice', '--admin']],
    ['a loose word', ['alice']],
  ])('ends with code 1 and one line for %s', async (_name, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain('usage: npm run token');
  });
});
