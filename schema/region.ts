import { BadInput, quoted } from '../resolvers/bad-input.ts';
import { checkedId } from '../resolvers/identifiers.ts';
import type { RegionRow } from '../upstream/rows.ts';
import { builder } from './builder.ts';
import { noteIfStale } from './staleness.ts';

const Region = builder.objectRef<RegionRow>('Region').implement({
  description: 'A region of Alibaba Cloud in which R-KVStore runs.',
  fields: (t) => ({
    regionId: t.exposeString('regionId', { nullable: false, description: 'Its id: `cn-hangzhou`.' }),
    name: t.exposeString('name', { description: 'Its name in English.' }),
    endpoint: t.string({
      nullable: false,
      description: 'The host that serves it.',
      resolve: ({ endpoint }) => endpoint ?? '',
    }),
  }),
});

builder.queryField('regions', (t) =>
  t.field({
    type: [Region],
    description: 'The regions that an account can use.',
    args: { accountId: t.arg.string({ description: 'The account; the default one when absent.' }) },
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
