import { BadInput, quoted } from '../resolvers/bad-input.ts';
import { checkedId } from '../resolvers/identifiers.ts';
import type { RegionRow } from '../upstream/rows.ts';
import { builder } from './builder.ts';
import { noteIfStale } from './staleness.ts';

const Region = builder.objectRef<RegionRow>('Region').implement({
  description: 'A region of Alibaba Cloud that offers R-KVStore.',
  fields: (t) => ({
    regionId: t.exposeString('regionId', {
      nullable: false,
      description: 'The id of the region, such as `cn-hangzhou`.',
    }),
    name: t.exposeString('name', { description: 'The English name of the region.' }),
    endpoint: t.string({
      nullable: false,
      description: 'The host name of the R-KVStore API in the region.',
      resolve: ({ endpoint }) => endpoint ?? '',
    }),
  }),
});

builder.queryField('regions', (t) =>
  t.field({
    type: [Region],
    description: 'The regions that an account can use.',
    args: {
      accountId: t.arg.string({ description: 'The id of the account. Default: the default account of this gateway.' }),
    },
    resolve: async (_root, { accountId }, context, info) => {
      const id = accountId == null ? context.store.defaultAccountId : checkedId('accountId', accountId);
      if (!context.store.knows(id, '').account) {
        throw new BadInput(`accountId: expected an account of this gateway, got ${quoted(id)}`);
      }
      const answer = await context.loaders.regions(id);
      noteIfStale(answer, context, info);
      return [...answer.value];
    },
  }),
);
