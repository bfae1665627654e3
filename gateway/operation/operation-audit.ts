import type { AuditEntry } from '../../schema/context.ts';
import type { AuditLog } from '../observability/audit-log.ts';

/** Gathers what one operation has for the audit log: one entry for each instance, field and decision, with its rows. */
export class OperationAudit {
  readonly #log: AuditLog;
  readonly #requestId: string;
  readonly #subject: string | undefined;
  /** Absent until there is one: most operations have none. */
  #entries: Map<string, { entry: AuditEntry; rows: number }> | undefined;

  constructor(log: AuditLog, requestId: string, subject: string | undefined) {
    this.#log = log;
    this.#requestId = requestId;
    this.#subject = subject;
  }

  note(entry: AuditEntry): void {
    const name = `${entry.action} ${entry.resource} ${entry.field} ${entry.decision.effect}`;
    this.#entries ??= new Map();
    const known = this.#entries.get(name);
    if (known === undefined) this.#entries.set(name, { entry, rows: 1 });
    else known.rows += 1;
  }

  close(): void {
    for (const { entry, rows } of this.#entries?.values() ?? []) {
      const { action, resource, field, decision } = entry;
      this.#log.record({
        requestId: this.#requestId,
        subject: this.#subject,
        action,
        resource,
        field,
        rows,
        decision: decision.effect,
        policy: decision.policy ?? undefined,
      });
    }
    this.#entries = undefined;
  }
}
