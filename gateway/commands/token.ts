import { parseArgs } from 'node:util';
import { signDevelopmentToken } from '../authentication/development-key.ts';

// `npm run token -- --subject alice [--groups a,b] [--ttl 1h] [--mfa]`: prints a token that the sandbox accepts, and nothing else.

const USAGE = 'usage: npm run token -- --subject NAME [--groups a,b] [--ttl 90s|15m|1h|7d] [--mfa]';
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_TTL_DAYS = 3_650;

try {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string' },
      groups: { type: 'string', default: '' },
      ttl: { type: 'string', default: '1h' },
      mfa: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
  } else {
    const token = await signDevelopmentToken({
      subject: toSubject(values.subject),
      groups: values.groups.split(',').flatMap((group) => group.trim() || []),
      ttlSeconds: toSeconds(values.ttl),
      ...(values.mfa && { amr: ['mfa'] }),
    });
    process.stdout.write(`${token}\n`);
  }
} catch (error) {
  const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
  process.stderr.write(`${reason} (${USAGE})\n`);
  process.exitCode = 1;
}

function toSubject(text: string | undefined): string {
  if (text === undefined || text === '') throw new Error('--subject is missing');
  if (text.length > 256) throw new Error('--subject takes at most 256 characters');
  return text;
}

function toSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (!(seconds > 0 && seconds <= MAX_TTL_DAYS * SECONDS.d)) {
    throw new Error(`--ttl takes a time like 90s, 15m, 1h or 7d, got ${JSON.stringify(text)}`);
  }
  return seconds;
}
