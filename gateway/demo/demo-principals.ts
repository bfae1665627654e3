import { signDevelopmentToken } from '../authentication/development-key.ts';
import { READER_REGION } from './demo-policies.ts';

/** Somebody to try the sandbox as. */
export interface DemoPrincipal {
  name: string;
  description: string;
  subject: string;
  groups: readonly string[];
  /** A bearer token that works for a day. */
  token: string;
}

const PRINCIPALS = [
  {
    name: 'Administrator',
    description: 'reads everything, download links included',
    subject: 'alice',
    groups: ['administrators'],
  },
  {
    name: 'Backup reader',
    description: `reads the backups of ${READER_REGION}, without download links`,
    subject: 'bob',
    groups: ['backup-readers'],
  },
  { name: 'Guest', description: 'is signed in, and may read nothing', subject: 'mallory', groups: [] },
] as const;

const TTL_SECONDS = 24 * 3600;

/** The three principals of the sandbox, the administrator first, each with a new token. */
export function demoPrincipals(): Promise<DemoPrincipal[]> {
  return Promise.all(
    PRINCIPALS.map(async (principal) => {
      const { subject, groups } = principal;
      return { ...principal, token: await signDevelopmentToken({ subject, groups, ttlSeconds: TTL_SECONDS }) };
    }),
  );
}
