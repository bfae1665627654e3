import { between, oneOf, sometimes } from './chance.ts';
import { backupFields, type Row, wrongInBackup } from './expected-values.ts';
import type { Replica } from './replicas.ts';
import { type Problem, type Soak, Visitor } from './visitor.ts';

/** How old a poll's answer may be when it is told of: a page with a running backup, and a poll that took its time. */
const POLL_MS = 20_000;

/** Follows the running backups of an instance for a while, then goes away, or hears that nothing runs. */
export async function follow(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'following');
  const { journal, known } = soak;
  const instance = sometimes(0.7) ? oneOf(known.clusters.filter(({ busy }) => busy)) : oneOf(known.clusters);
  const replica = soak.replicas.any();
  const controller = new AbortController();
  const { instanceId, regionId } = instance;
  const query = `subscription($instanceId: String!, $regionId: String!) {
    clusterBackupProgress(instanceId: $instanceId, regionId: $regionId) { ${backupFields()} } }`;
  const began = performance.now();
  const asked = Date.now();
  const codes: string[] = [];
  let events = 0;
  let complete = false;
  const hear = (result: { data?: { clusterBackupProgress: Row | null } | null; errors?: Problem[] }) => {
    events += 1;
    const details = { instanceId, regionId, replica: replica.name, result, at: Date.now() };
    const to = Date.now();
    const allowed = soak.faults.codesIn({ from: to - POLL_MS, to });
    for (const { extensions: { code = 'none' } = {} } of result.errors ?? []) {
      codes.push(code);
      if (!allowed.has(code)) visitor.wrong(`${code} is none of ${[...allowed].join(', ')}`, details);
    }
    const row = result.data?.clusterBackupProgress;
    if (!row) return;
    const span = { from: to - POLL_MS, to };
    const found = known.existing(instance, span).find(({ backup }) => backup.clusterBackupId === row.clusterBackupId);
    const wrong = found ? wrongInBackup(row, instance, found, span) : 'there is no such backup';
    if (wrong) visitor.wrong(wrong, details);
  };
  const timer = setTimeout(() => controller.abort(), between(300, 15_000));
  try {
    const response = await fetch(`${replica.url}/graphql`, {
      method: 'POST',
      headers: { ...visitor.headers({ query }), accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables: { instanceId, regionId } }),
      signal: controller.signal,
    });
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      refused(visitor, replica, response.status, await response.text());
    } else complete = await listen(response, hear);
    // A replica that is asked to end ends its streams, unfinished, so that clients open them again elsewhere.
    if (!complete && !controller.signal.aborted && !replica.ended)
      visitor.wrong('the stream broke off', { replica: replica.name });
  } catch (error) {
    if (!controller.signal.aborted) visitor.cutOff(replica, asked, error);
  } finally {
    clearTimeout(timer);
  }
  const kind = complete ? 'followed' : controller.signal.aborted ? 'left' : 'cut off';
  journal.ended({ operation: 'following', kind, ms: performance.now() - began, codes, stale: false, reads: events });
}

/** More subscriptions than one principal may have, or a replica that is about to end. */
function refused(visitor: Visitor, replica: Replica, status: number, text: string): void {
  if (text.includes('RATE_LIMITED') || (status === 503 && replica.ended)) return;
  visitor.wrong(`no stream, but ${status}`, text);
}

/** Resolves when the stream has ended: whether it said that it is complete. */
async function listen(response: Response, hear: (result: never) => void): Promise<boolean> {
  let rest = '';
  let complete = false;
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      if (message.startsWith('event: complete')) complete = true;
      if (message.startsWith('event: next')) hear(JSON.parse(message.slice(message.indexOf('{'))) as never);
    }
  }
  return complete;
}
