import { BadInput, quoted } from './bad-input.ts';

/** The key of an instance: who owns it, where it is, which one. Free: it takes no upstream call to hold one. */
export interface InstanceKey {
  readonly accountId: string;
  readonly regionId: string;
  readonly instanceId: string;
}

interface Shape {
  what: string;
  pattern: RegExp;
  example: string;
}

const SHAPES = {
  accountId: { what: 'an account id', pattern: /^\d{1,20}$/, example: '1234567890123456' },
  regionId: { what: 'a region id', pattern: /^(?=.{4,40}$)[a-z]+(-[a-z0-9]+)+$/, example: 'cn-hangzhou' },
  instanceId: { what: 'an instance id', pattern: /^[a-z]{1,8}-[a-z0-9]{1,60}$/, example: 'r-bp1zxszhcgatnx****' },
  clusterBackupId: { what: 'a backup set id', pattern: /^[a-z]{1,8}-[a-z0-9]{1,60}$/, example: 'cb-hyxdof5x9kqbtust' },
} as const satisfies Record<string, Shape>;

/** The text itself when it has the shape of such an id; raises `BadInput` that names the argument otherwise. */
export function checkedId(kind: keyof typeof SHAPES, text: string): string {
  const { what, pattern, example } = SHAPES[kind];
  if (pattern.test(text)) return text;
  throw new BadInput(`${kind}: expected ${what} such as ${quoted(example)}, got ${quoted(text)}`);
}

/** One text for a key, for maps. The parts cannot hold a slash. */
export function instanceKeyText(key: InstanceKey): string {
  return `${key.accountId}/${key.regionId}/${key.instanceId}`;
}
