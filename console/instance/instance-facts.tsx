import type { ReactNode } from 'react';
import type { PlacedFailure } from '../failure/failure.ts';
import { count, formatMegabytes, inWords } from '../formatting/amounts.ts';
import { formatDate } from '../formatting/moments.ts';
import type { InstanceQuery } from '../generated/graphql.ts';

type Instance = NonNullable<InstanceQuery['instance']>;

/** Long ones, that take the space of two. */
const WIDE: readonly (keyof Instance)[] = ['connectionDomain'];
/** Long ones, for which half of a phone is too narrow. */
const WIDE_ON_PHONES: readonly (keyof Instance)[] = ['accountId', 'instanceClass', 'vpcId', 'resourceGroupId'];

/** What an instance is, as far as one may see it. */
export function InstanceFacts(props: { instance: Instance | null | undefined; hidden: readonly PlacedFailure[] }) {
  const { instance, hidden } = props;
  if (instance == null) {
    return (
      <p className="reading" role="status">
        Loading …
      </p>
    );
  }
  const facts: [label: string, field: keyof Instance, value: ReactNode][] = [
    ['Architecture', 'architectureType', architecture(instance)],
    ['Engine', 'engineVersion', engine(instance)],
    ['Memory', 'capacityMegabytes', instance.capacityMegabytes && formatMegabytes(instance.capacityMegabytes)],
    ['Billing', 'chargeType', billing(instance)],
    ['Created', 'createTime', instance.createTime && formatDate(Date.parse(instance.createTime))],
    ['Zone', 'zoneId', code(instance.zoneId)],
    ['Account', 'accountId', code(instance.accountId)],
    ['Class', 'instanceClass', code(instance.instanceClass)],
    ['Host', 'connectionDomain', code(instance.connectionDomain)],
    ['Network', 'vpcId', code(instance.vpcId) ?? (instance.networkType && inWords(instance.networkType))],
    ['Resource group', 'resourceGroupId', code(instance.resourceGroupId)],
  ];
  const isHidden = (field: string) =>
    hidden.some(({ path, failure }) => path[1] === field && failure.kind === 'denied');
  return (
    <dl className="facts">
      {facts.map(([label, field, value]) => (
        <div key={field} className={widthOf(field)}>
          <dt>{label}</dt>
          <dd>{value || <span className="fact-none">{isHidden(field) ? 'hidden from you' : '–'}</span>}</dd>
        </div>
      ))}
    </dl>
  );
}

function widthOf(field: keyof Instance): string | undefined {
  if (WIDE.includes(field)) return 'fact-wide';
  return WIDE_ON_PHONES.includes(field) ? 'fact-long' : undefined;
}

function architecture({ architectureType, shardCount }: Instance): string | undefined {
  if (architectureType === null) return undefined;
  const shards = architectureType === 'CLUSTER' && shardCount !== null ? ` of ${count(shardCount, 'shard')}` : '';
  return `${inWords(architectureType)}${shards}`;
}

function engine({ editionType, engineVersion }: Instance): string | undefined {
  const edition = editionType === 'ENTERPRISE' ? 'Tair' : editionType === 'COMMUNITY' ? 'Redis' : undefined;
  return [edition, engineVersion].filter(Boolean).join(' ') || undefined;
}

function billing({ chargeType, expireTime }: Instance): string | undefined {
  if (chargeType === 'POST_PAID') return 'pay as you go';
  if (chargeType !== 'PRE_PAID') return undefined;
  return expireTime === null ? 'subscription' : `subscription until ${formatDate(Date.parse(expireTime))}`;
}

function code(value: string | null): ReactNode {
  return value ? <code>{value}</code> : undefined;
}
