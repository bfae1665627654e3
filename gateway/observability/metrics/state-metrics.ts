import { Gauge, type Registry } from 'prom-client';
import type { VerificationKeysState } from '../../authentication/key-ring.ts';
import type { PoliciesState } from '../../configuration/policies.ts';

/** How the process stands, read at each scrape. */
export interface ProcessState {
  ready(): boolean;
  policies(): PoliciesState;
  keys(): VerificationKeysState;
  version: string;
  now?: () => number;
}

/** Readiness, and the age and health of what is read from files and URLs. */
export function stateMetrics(registers: Registry[], state: ProcessState): void {
  const { now = Date.now } = state;
  const gauge = (name: string, help: string, read: () => number | undefined) => {
    new Gauge({
      name: `kvstore_gateway_${name}`,
      help,
      registers,
      collect() {
        this.set(read() ?? Number.NaN);
      },
    });
  };
  const age = (loadedAt: number | undefined) => (loadedAt === undefined ? undefined : (now() - loadedAt) / 1_000);

  new Gauge({
    name: 'kvstore_gateway_info',
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: state.version }, 1);
  gauge('ready', '1 while /ready answers 200.', () => Number(state.ready()));
  gauge('policy_file_age_seconds', 'Since the policies in force were read.', () => age(state.policies().loadedAt));
  gauge('policy_file_fault', '1 while the policy file as it is now is not in force, since it does not load.', () =>
    Number(state.policies().fault !== undefined),
  );
  gauge('key_set_keys', 'Keys that verify tokens.', () => state.keys().keys);
  gauge('key_set_age_seconds', 'Since the keys were last read; NaN while they never were.', () =>
    age(state.keys().loadedAt),
  );
  gauge('key_set_fault', '1 while the keys that verify tokens cannot be read.', () =>
    Number(state.keys().fault !== undefined),
  );
}
