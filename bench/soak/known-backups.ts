import { isRunning } from '../../sandbox/data/backup-list.ts';
import { type Backup, scheduledBackups } from '../../sandbox/data/backup-schedule.ts';
import { backupFromExplicit, type ExplicitBackup } from '../../sandbox/data/explicit-backups.ts';
import { type Instance, instanceAt, type World, worldOf } from '../../sandbox/data/instances.ts';
import { DEFAULTS } from '../../sandbox/options.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** A stretch of time, both borders included; epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** A backup, and from when until when the upstream had it. */
export interface KnownBackup {
  backup: Backup;
  bornAt: number;
  goneAt: number;
}

const MINUTE = 60_000;

/**
 * What the sandbox's data say, reckoned from its seed instead of asked from it: which instances there are, and which backups existed
 * when. Backups of some instances are written down and struck out while the soak runs.
 */
export class KnownBackups {
  readonly world: World;
  readonly instances: readonly Instance[];
  readonly #sandbox: Sandbox;
  readonly #written = new Map<string, { explicit: ExplicitBackup; known: KnownBackup }[]>();

  constructor(sandbox: Sandbox, size: { instances: number; days: number }) {
    this.#sandbox = sandbox;
    this.world = worldOf(sandbox.accountId, {
      ...size,
      seed: DEFAULTS.seed,
      shards: undefined,
      runningBackups: true,
    });
    this.instances = Array.from({ length: size.instances }, (_, index) => instanceAt(this.world, index, Date.now()));
  }

  get accountId(): string {
    return this.world.accountId;
  }

  /** Instances that have backups. */
  get clusters(): readonly Instance[] {
    return this.instances.filter(({ architectureType }) => architectureType === 'cluster');
  }

  inRegion(regionId: string): readonly Instance[] {
    return this.instances.filter((instance) => instance.regionId === regionId);
  }

  isWritten(instance: Instance): boolean {
    return this.#written.has(instance.instanceId);
  }

  /** Gives an instance a new backup, there from now on. */
  write(instance: Instance, explicit: ExplicitBackup): void {
    const { instanceId } = instance;
    const entries = this.#written.get(instanceId) ?? [];
    this.#written.set(instanceId, entries);
    const now = Date.now();
    const backup = backupFromExplicit(explicit, instance, now);
    entries.push({ explicit, known: { backup, bornAt: now, goneAt: Number.POSITIVE_INFINITY } });
    this.#publish(instanceId);
  }

  /** Strikes out one of the backups that an instance was given. */
  strike(instance: Instance, choose: (count: number) => number): void {
    const present = this.#present(instance.instanceId);
    const chosen = present[choose(present.length)];
    if (!chosen) return;
    chosen.known.goneAt = Date.now();
    this.#publish(instance.instanceId);
  }

  count(instance: Instance): number {
    return this.#present(instance.instanceId).length;
  }

  /** The backups that existed at some time in a span of minutes, newest first: by start, then by id. */
  existing(instance: Instance, { from, to }: Span): KnownBackup[] {
    const found = new Map<string, KnownBackup>();
    const written = this.#written.get(instance.instanceId);
    for (const { known } of written ?? []) {
      if (known.bornAt <= to && known.goneAt > from) found.set(known.backup.clusterBackupId, known);
    }
    // Each exists for half an hour at least, so that none comes and goes in between.
    for (const now of written ? [] : steps(from, to, 20 * MINUTE)) {
      for (const backup of scheduledBackups(instance, now, { from: 0, to: now }, 'newest-first')) {
        const { clusterBackupId, startTime, expireTime = Number.POSITIVE_INFINITY } = backup;
        if (!found.has(clusterBackupId)) found.set(clusterBackupId, { backup, bornAt: startTime, goneAt: expireTime });
      }
    }
    return [...found.values()].sort(newestFirst);
  }

  /** How much the valid full backups took together, at some times in a span. */
  fullStorageBytes(instance: Instance, span: Span): Set<number> {
    const all = this.existing(instance, span);
    const totals = new Set<number>();
    for (const at of steps(span.from, span.to, 1_000)) {
      const valid = all.filter(
        ({ backup, bornAt, goneAt }) =>
          bornAt <= at && at < goneAt && !isRunning(backup, at) && backup.failedShard === undefined,
      );
      totals.add(valid.reduce((sum, { backup }) => sum + backup.totalBytes, 0));
    }
    return totals;
  }

  #present(instanceId: string) {
    return (this.#written.get(instanceId) ?? []).filter(({ known }) => known.goneAt === Number.POSITIVE_INFINITY);
  }

  #publish(instanceId: string): void {
    this.#sandbox.backups.set(
      instanceId,
      this.#present(instanceId).map(({ explicit }) => explicit),
    );
  }
}

/** Times of a span not further apart than this, its ends among them; whole steps, since times of the data are whole seconds. */
function steps(from: number, to: number, stepMs: number): number[] {
  const times = [from];
  for (let time = (Math.floor(from / stepMs) + 1) * stepMs; time < to; time += stepMs) times.push(time);
  if (to > from) times.push(to);
  return times;
}

function newestFirst(left: KnownBackup, right: KnownBackup): number {
  const byStart = right.backup.startTime - left.backup.startTime;
  if (byStart !== 0) return byStart;
  return left.backup.clusterBackupId < right.backup.clusterBackupId ? 1 : -1;
}
