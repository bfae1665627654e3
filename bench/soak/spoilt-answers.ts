import type { Sandbox } from '../../sandbox/sandbox.ts';
import { below, oneOf, sometimes } from './chance.ts';

const SHARE = 0.05;

type Sets = Record<string, unknown>[];

const SPOIL: readonly ((sets: Sets) => Sets)[] = [
  (sets) => sets.toSpliced(below(sets.length), 1),
  (sets) => sets.with(below(sets.length), { ...oneOf(sets), ClusterBackupId: 'cb-nobodyknowsthis0' }),
  (sets) => sets.map((set) => ({ ...set, ClusterBackupSize: '4711' })),
  (sets) => sets.map((set) => ({ ...set, ClusterBackupMode: 'Manual' })),
];

/** Makes some answers of the sandbox say what its data do not: a soak that does not find that is of no use. */
export function spoilAnswers(sandbox: Sandbox): void {
  sandbox.rewrite = (_action, body) => {
    const sets = body.ClusterBackups as Sets | undefined;
    if (!sets || sets.length === 0 || !sometimes(SHARE)) return body;
    return { ...body, ClusterBackups: oneOf(SPOIL)(sets) };
  };
}
