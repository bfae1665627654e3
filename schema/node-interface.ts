import { builder } from './builder.ts';

/** Relay's interface of everything that has a global id. */
export const Node = builder.interfaceRef<object>('Node').implement({
  description: 'Something with a global id, which `node` finds again.',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'Global id: opaque, and stable for as long as the thing exists.' }),
  }),
});
