import { DESCRIBE_INSTANCES } from '../permissions/kvstore.ts';
import { BadInput } from '../resolvers/bad-input.ts';
import { checkedId } from '../resolvers/identifiers.ts';
import { type InstanceFilter as Filter, MAX_INSTANCE_IDS } from '../resolvers/instances/connection.ts';
import { KeyedInstance } from './admission.ts';
import { builder } from './builder.ts';
import { connectionArguments, connectionOf, type PageOf } from './connection.ts';
import { ANY_INSTANCE, accessTo, requireKnown } from './instance-access.ts';
import { withAttributes } from './instance-attributes.ts';
import { ChargeType, InstanceArchitecture, InstanceEdition, InstanceStatus } from './instance-enumerations.ts';
import { Instance } from './instance-ref.ts';
import { placeOf } from './place.ts';
import { noteIfStale } from './staleness.ts';

/** Most labels that the upstream filters by. */
const MAX_TAGS = 5;
const LONGEST_TEXT = 128;

interface InstanceConnectionPage extends PageOf<KeyedInstance> {
  readonly totalCount: number;
}

const connection = connectionOf('Instance', Instance, { one: 'instance', many: 'instances' });

const InstanceConnection = builder.objectRef<InstanceConnectionPage>('InstanceConnection').implement({
  description: 'One page of the instances of a region, in the order in which the API lists them.',
  fields: (t) => ({
    edges: t.field(connection.edges),
    nodes: t.field(connection.nodes),
    pageInfo: t.field(connection.pageInfo),
    totalCount: t.int({
      description: 'The number of all instances of the region that match the filter.',
      resolve: ({ totalCount }) => totalCount,
    }),
  }),
});

const TagInput = builder.inputType('TagInput', {
  description: 'A tag that an instance must have.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The key of the tag.' }),
    value: t.string({ description: 'The value of the tag. Default: any value.' }),
  }),
});

const InstanceFilter = builder.inputType('InstanceFilter', {
  description:
    'Which instances to return. An instance must meet every condition that is given; `UNKNOWN` cannot be asked for. The API itself filters, so this takes no more upstream calls.',
  fields: (t) => ({
    instanceIds: t.stringList({ description: `The id is one of these, at most ${MAX_INSTANCE_IDS}.` }),
    search: t.string({ description: 'The name or id contains this text.' }),
    status: t.field({ type: InstanceStatus, description: 'The state.' }),
    architectureType: t.field({ type: InstanceArchitecture, description: 'The architecture.' }),
    editionType: t.field({ type: InstanceEdition, description: 'The edition.' }),
    engineVersion: t.string({ description: 'The version of the database engine, such as `5.0`.' }),
    chargeType: t.field({ type: ChargeType, description: 'The billing method.' }),
    vpcId: t.string({ description: 'The id of the virtual private cloud.' }),
    vSwitchId: t.string({ description: 'The id of the vSwitch.' }),
    zoneId: t.string({ description: 'The id of the zone.' }),
    resourceGroupId: t.string({ description: 'The id of the resource group.' }),
    expired: t.boolean({ description: 'Whether the subscription has ended.' }),
    tags: t.field({ type: [TagInput], description: `The instance has all of these tags, at most ${MAX_TAGS}.` }),
  }),
});

builder.queryField('instances', (t) => {
  const text = connectionArguments('instances', 'in the order of the API');
  return t.field({
    type: InstanceConnection,
    description:
      'The instances of a region, with all their attributes in the same upstream call. When instances are created or deleted between two pages, some may appear twice or not at all.',
    args: {
      regionId: t.arg.string({ required: true, description: 'The id of the region, such as `cn-hangzhou`.' }),
      accountId: t.arg.string({ description: 'The id of the account. Default: the default account of this gateway.' }),
      first: t.arg.int({ description: `${text.first} Default: 20.` }),
      after: t.arg.string({ description: text.after }),
      last: t.arg.int({ description: text.last }),
      before: t.arg.string({ description: text.before }),
      filter: t.arg({ type: InstanceFilter, description: 'Only instances that meet these conditions.' }),
    },
    resolve: async (_root, { regionId, accountId, filter, ...span }, context, info) => {
      const place = placeOf(context, { regionId, accountId });
      const access = await accessTo(context, { ...place, instanceId: ANY_INSTANCE }, DESCRIBE_INSTANCES);
      access.require('Query.instances');
      requireKnown(context, place);
      const page = await context.loaders.instances(place, filterOf(filter ?? {}), span);
      noteIfStale(page, context, info);
      const { ageSeconds } = page;
      return {
        size: page.rows.length,
        totalCount: page.totalCount,
        cursor: page.cursor,
        hasNextPage: () => page.hasNextPage,
        hasPreviousPage: () => page.hasPreviousPage,
        nodes: page.rows.map((row) =>
          withAttributes(new KeyedInstance({ ...place, instanceId: row.instanceId }), {
            row,
            ageSeconds,
            stale: false,
          }),
        ),
      };
    },
  });
});

type GivenFilter = typeof InstanceFilter.$inferInput;

/** The filter as the upstream client takes it, absent parts left out. Raises `BadInput`. */
function filterOf(given: GivenFilter): Filter {
  const { instanceIds, tags, ...others } = given;
  for (const [name, value] of Object.entries(others)) {
    if (value === 'UNKNOWN')
      throw new BadInput(`filter.${name}: expected a value that the upstream knows, got UNKNOWN`);
    if (typeof value === 'string' && value.length > LONGEST_TEXT) {
      throw new BadInput(`filter.${name}: expected at most ${LONGEST_TEXT} characters, got ${value.length}`);
    }
  }
  if (instanceIds != null && instanceIds.length > MAX_INSTANCE_IDS) {
    throw new BadInput(`filter.instanceIds: expected at most ${MAX_INSTANCE_IDS}, got ${instanceIds.length}`);
  }
  if (tags != null && tags.length > MAX_TAGS) {
    throw new BadInput(`filter.tags: expected at most ${MAX_TAGS}, got ${tags.length}`);
  }
  for (const { key, value } of tags ?? []) {
    if (key.length > LONGEST_TEXT || (value ?? '').length > LONGEST_TEXT) {
      throw new BadInput(`filter.tags: expected at most ${LONGEST_TEXT} characters in a key or value`);
    }
  }
  const present = Object.entries(others).filter(([, value]) => value != null);
  return {
    ...Object.fromEntries(present),
    ...(instanceIds == null ? {} : { instanceIds: instanceIds.map((id) => checkedId('instanceId', id)) }),
    ...(tags == null ? {} : { tags: tags.map(({ key, value }) => ({ key, ...(value == null ? {} : { value }) })) }),
  };
}
