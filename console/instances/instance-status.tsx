import { inWords } from '../formatting/amounts.ts';
import type { InstanceStatus } from '../generated/graphql.ts';

const AT_REST: readonly InstanceStatus[] = ['NORMAL'];
const STOPPED: readonly InstanceStatus[] = ['INACTIVE', 'RELEASED'];

/** What an instance is doing; only what is not the usual stands out. */
export function InstanceStatusMark({ status }: { status: InstanceStatus | null }) {
  if (status === null) return <span className="status status-hidden">hidden</span>;
  const kind = AT_REST.includes(status) ? 'rest' : STOPPED.includes(status) ? 'stopped' : 'changing';
  return <span className={`status status-${kind}`}>{inWords(status)}</span>;
}
