import type { Account } from './accounts.ts';
import type { Behaviour } from './behaviour.ts';
import type { CallLog } from './call-log.ts';
import type { FaultControl } from './calls/fault-registry.ts';
import type { ExplicitBackup } from './data/explicit-backups.ts';

/** An instance worth showing: a cluster in cn-hangzhou that always has a running backup. */
export interface DemoInstance {
  accountId: string;
  regionId: string;
  instanceId: string;
  name: string;
  shardCount: number;
}

/** A running sandbox, and what can be done to it while it runs. */
export interface Sandbox {
  /** `http://127.0.0.1:4100`, without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The first account, and the first key of it. */
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The first instance of the first account. */
  readonly demo: DemoInstance;
  /** Keys may be added, changed and taken away; the next call sees it. */
  readonly accounts: Account[];
  /** May be changed; the next call sees it. */
  readonly behaviour: Behaviour;
  /** Backups by instance id that stand for the instance's own; lists may be changed, the next call sees it. */
  readonly backups: Map<string, ExplicitBackup[]>;
  readonly calls: CallLog;
  readonly faults: FaultControl;
  /** Replaces the body of right answers, for shapes that the switches do not make. */
  rewrite: ((action: string, body: Record<string, unknown>) => Record<string, unknown>) | undefined;
  /** The instance at an index from 0, of an account or the first one. */
  instanceAt(index: number, accountId?: string): DemoInstance;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
