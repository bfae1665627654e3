import type { Authenticator } from '../authentication/authentication.ts';
import type { Policies } from '../configuration/policies.ts';
import type { DefaultAccount } from '../default-account.ts';
import { redact } from './redaction.ts';

/** What `/ready` says: `details` are for people, and name faults in words that anybody may read. */
export interface ReadinessReport {
  ready: boolean;
  details: Readonly<Record<string, unknown>>;
}

export interface ReadinessSources {
  policies: Pick<Policies, 'state'>;
  authenticator: Pick<Authenticator, 'state'>;
  defaultAccount: Pick<DefaultAccount, 'state'>;
}

/**
 * Whether the gateway can serve: the keys that verify tokens and the id of the default account are known, and it is not draining. A policy file
 * or key set that no longer loads is reported, but the last good one goes on serving.
 */
export class Readiness {
  readonly #sources: ReadinessSources;
  #draining = false;

  constructor(sources: ReadinessSources) {
    this.#sources = sources;
  }

  /** From now on it is not ready. */
  drain(): void {
    this.#draining = true;
  }

  /** As things stand now, from memory alone: `/ready` makes no call to anything. */
  report(): ReadinessReport {
    const { policies, authenticator, defaultAccount } = this.#sources;
    const keys = authenticator.state();
    const account = defaultAccount.state();
    const { loadedAt, fault, place } = policies.state();
    const started = keys.loadedAt !== undefined && account.known;
    return {
      ready: started && !this.#draining,
      details: {
        state: this.#draining ? 'draining' : started ? 'serving' : 'starting',
        // The fault itself may quote the file, so it is for the log.
        policies: { loadedAt: timeOf(loadedAt), fault: fault === undefined ? undefined : policyFault(place) },
        keys: { keys: keys.keys, loadedAt: timeOf(keys.loadedAt), fault: keys.fault },
        defaultAccount: { known: account.known, fault: account.fault },
      },
    };
  }
}

/** The place is empty where the fault is in the file as a whole. */
function policyFault(place: string | undefined): string {
  return `${redact(place || 'the file')}: does not load, so the last good file is in force; the log says why`;
}

function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
