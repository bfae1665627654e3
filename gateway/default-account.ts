import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from './observability/logger.ts';
import type { UpstreamParts } from './upstream-parts.ts';

/** Whether the id of the default account is known. */
export interface DefaultAccount {
  /** `fault` says why it is not known yet. */
  state(): { known: boolean; fault: string | undefined };
  close(): void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Asks STS whose credentials these are, again and again until it answers. Without the id no request that leaves the account out can be
 * decided, so the process is not ready before; it does not end either, since keys that are wrong now may be put right from outside.
 */
export function askForDefaultAccount({ accounts, attempt }: UpstreamParts, logger: Logger): DefaultAccount {
  const closing = new AbortController();
  const { signal } = closing;
  let fault: string | undefined;

  const ask = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      try {
        const accountId = await accounts.resolveDefaultAccountId(attempt, { signal });
        fault = undefined;
        logger.info({ accountId }, 'the default account is known');
        return;
      } catch (error) {
        if (signal.aborted) return;
        fault = (error as Error).message;
        logger.error({ err: error, retryInMs: pauseMs }, 'the id of the default account is not known yet: not ready');
      }
      await pause(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
  };
  if (accounts.defaultAccountId === undefined) void ask();
  return {
    state: () => ({ known: accounts.defaultAccountId !== undefined, fault }),
    close: () => closing.abort(),
  };
}
