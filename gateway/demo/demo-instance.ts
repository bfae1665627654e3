import { z } from 'zod';
import { CONTROL_PATH } from '../../sandbox/control.ts';
import type { DemoInstance } from '../../sandbox/sandbox.ts';

/** Where the sandbox has an instance to try things on. */
export type DemoPlace = Pick<DemoInstance, 'regionId' | 'instanceId'>;

const TIMEOUT_MS = 500;

// Strict, since these end up in a command for a shell.
const identifier = z.string().regex(/^[a-z0-9-]{1,80}$/);
const answerSchema = z.object({ demo: z.object({ regionId: identifier, instanceId: identifier }) });

/**
 * Asks a standalone sandbox for its demo instance. Undefined when what listens at the endpoint is no sandbox, or does not answer at once.
 *
 * @param endpoint Base URL, without a slash at its end.
 */
export async function demoInstanceAt(endpoint: string): Promise<DemoPlace | undefined> {
  try {
    const response = await fetch(`${endpoint}${CONTROL_PATH}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answerSchema.parse(await response.json()).demo;
  } catch {
    return undefined;
  }
}
