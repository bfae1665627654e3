import type { Behaviour } from '../behaviour.ts';
import type { ExplicitBackup } from '../data/explicit-backups.ts';
import type { World } from '../data/instances.ts';

/** What an action knows when it answers. */
export interface ActionContext {
  parameters: Readonly<Record<string, string>>;
  world: World;
  accessKeyId: string;
  /** The world's clock, epoch milliseconds. */
  now: number;
  behaviour: Behaviour;
  /** Backups that a test wrote down, by instance id: they stand for the instance's own. */
  backups: ReadonlyMap<string, readonly ExplicitBackup[]>;
}

/** Answers a call with the JSON body, `RequestId` apart. Raises `ApiError`. */
export type Action = (context: ActionContext) => Record<string, unknown>;
