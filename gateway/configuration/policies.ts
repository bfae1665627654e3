import { readFileSync } from 'node:fs';
import { PolicyFaults } from '../../permissions/policy-fault.ts';
import { parsePolicyFile } from '../../permissions/policy-file.ts';
import type { PolicySet } from '../../permissions/policy-set.ts';
import type { Logger } from '../observability/logger.ts';
import { watchFile } from './watched-file.ts';

/** The policies in force, and how they stand. */
export interface Policies {
  current(): PolicySet;
  state(): PoliciesState;
  close(): void;
}

export interface PoliciesState {
  /** Epoch milliseconds at which the policies in force were read. */
  loadedAt: number;
  /** Why the file as it is now is not in force; absent when it is. */
  fault: string | undefined;
  /** Where in the file the first fault is (`policies.backup-reader.Statement[2].Effect`), where that can be said. */
  place: string | undefined;
}

/**
 * The policy file at `path`, read again within two seconds of a change. One that does not parse leaves the last good one in force.
 * @throws PolicyFaults when the file is wrong at start
 */
export function watchPolicies(
  path: string,
  { logger, now = Date.now }: { logger: Logger; now?: () => number },
): Policies {
  const read = () => {
    const { policies, warnings } = parsePolicyFile(readFileSync(path, 'utf8'));
    for (const { place, problem } of warnings) logger.warn({ place, problem }, 'policy file: loaded with a warning');
    return policies;
  };
  let policies: PolicySet | undefined;
  const state: PoliciesState = { loadedAt: now(), fault: undefined, place: undefined };
  const watch = watchFile(path, () => {
    try {
      policies = read();
      state.loadedAt = now();
      state.fault = undefined;
      state.place = undefined;
      logger.info('policy file: loaded again');
    } catch (error) {
      state.fault = faultOf(error);
      state.place = error instanceof PolicyFaults ? error.faults[0]?.place : undefined;
      logger.error({ fault: state.fault }, 'policy file: not loaded, the last good one stays in force');
    }
  });
  try {
    policies = read();
  } catch (error) {
    watch.close();
    throw error;
  }
  return { current: () => policies as PolicySet, state: () => state, close: () => watch.close() };
}

/** Policies that never change. */
export function fixedPolicies(file: object, now = Date.now): Policies {
  const { policies } = parsePolicyFile(JSON.stringify(file));
  const state = { loadedAt: now(), fault: undefined, place: undefined };
  return { current: () => policies, state: () => state, close: () => {} };
}

function faultOf(error: unknown): string {
  if (error instanceof PolicyFaults) return error.message;
  // The engine's own messages may quote the file.
  return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
}
