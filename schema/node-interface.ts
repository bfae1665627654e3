import { builder } from './builder.ts';

/** Relay's interface of everything that has a global id. */
export const Node = builder.interfaceRef<object>('Node').implement({
  description: 'An object with a global id. `node` finds it again by that id.',
  fields: (t) => ({
    id: t.id({ nullable: false, description: 'The global id: opaque, and the same for as long as the object exists.' }),
  }),
});
