import type { Authenticator } from './authentication/authentication.ts';
import type { DefaultAccount } from './default-account.ts';
import { redact } from './observability/redaction.ts';
import type { Policies } from './policies.ts';

/** What `/ready` says, read at each request. It asks nobody. */
export interface Readiness {
  ready: boolean;
  details: Readonly<Record<string, unknown>>;
}

/**
 * Ready is who can serve: the keys that verify tokens and the id of the default account are known, and it is not ending. A policy file or a
 * key set that went bad since is told of, but the last good one serves. Faults are named in words that anybody may read.
 */
export function readinessOf(
  draining: boolean,
  {
    policies,
    authenticator,
    defaultAccount,
  }: {
    policies: Pick<Policies, 'state'>;
    authenticator: Pick<Authenticator, 'state'>;
    defaultAccount: Pick<DefaultAccount, 'state'>;
  },
): Readiness {
  const keys = authenticator.state();
  const account = defaultAccount.state();
  const { loadedAt, fault, place } = policies.state();
  const started = keys.loadedAt !== undefined && account.known;
  return {
    ready: started && !draining,
    details: {
      state: draining ? 'draining' : started ? 'serving' : 'starting',
      policies: {
        loadedAt: timeOf(loadedAt),
        // What is wrong with it may tell of what is in it: that is for the log.
        fault: fault === undefined ? undefined : policyFault(place),
      },
      keys: { keys: keys.keys, loadedAt: timeOf(keys.loadedAt), fault: keys.fault },
      defaultAccount: { known: account.known, fault: account.fault },
    },
  };
}

function policyFault(place = 'the file'): string {
  return `${redact(place)}: does not load, so the last good file is in force; the log says why`;
}

function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
