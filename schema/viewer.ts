import type { Decision } from '../permissions/decision.ts';
import type { Principal } from '../permissions/principal.ts';
import { BadInput } from '../resolvers/bad-input.ts';
import { builder } from './builder.ts';
import { accessTo } from './instance-access.ts';

const DecisionReason = builder.enumType('DecisionReason', {
  description: 'Why something is allowed or not.',
  values: {
    EXPLICIT_DENY: { description: 'Not allowed: a statement denies it, whatever others allow.' },
    ALLOW: { description: 'Allowed: a statement allows it, and none denies it.' },
    IMPLICIT_DENY: { description: 'Not allowed: no statement allows it.' },
  },
});

const PermissionDecision = builder.objectRef<Decision>('PermissionDecision').implement({
  description: 'What the policies of the caller say about an action on a resource.',
  fields: (t) => ({
    allowed: t.boolean({
      nullable: false,
      description: 'Whether the action is allowed.',
      resolve: ({ effect }) => effect === 'ALLOW',
    }),
    reason: t.field({
      type: DecisionReason,
      nullable: false,
      description: 'Why it is allowed or not.',
      resolve: ({ effect }) => effect,
    }),
  }),
});

const ACTION = /^[a-z][a-z0-9-]{0,31}:[A-Za-z0-9]{1,64}$/;
/** An ARN, or `*` for everything: allowed only by a pattern that takes in everything. */
const RESOURCE = /^(\*|acs:[\x21-\x7e]{1,500})$/;
const INSTANCE = /^acs:kvstore:([a-z0-9-]+):(\d+):instance\/([a-z0-9-]+)$/;

const Viewer = builder.objectRef<Principal>('Viewer').implement({
  description: 'The caller.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      description: 'The subject of the token (`sub`). Null for a caller without a token.',
    }),
    groups: t.field({
      type: ['String'],
      nullable: false,
      description: 'The groups of the token.',
      resolve: ({ groups }) => [...groups],
    }),
    can: t.field({
      type: PermissionDecision,
      nullable: false,
      description: 'Whether the caller may do an action on a resource. A client can hide what would be refused.',
      args: {
        action: t.arg.string({
          required: true,
          description: 'A RAM action, such as `kvstore:DescribeClusterBackupList`.',
        }),
        resource: t.arg.string({
          required: true,
          description:
            'A RAM resource, such as `acs:kvstore:cn-hangzhou:1234567890123456:instance/r-bp1zxszhcgatnx****`.',
        }),
      },
      resolve: async (_principal, { action, resource }, context) => {
        if (!ACTION.test(action))
          throw new BadInput('action: expected a RAM action such as "kvstore:DescribeClusterBackupList"');
        if (!RESOURCE.test(resource))
          throw new BadInput('resource: expected a RAM resource that begins with "acs:", or "*" for every one');
        const [, regionId, accountId, instanceId] = INSTANCE.exec(resource) ?? [];
        if (regionId === undefined || accountId === undefined || instanceId === undefined) {
          return context.permissions.on(action, resource).decide();
        }
        return (await accessTo(context, { regionId, accountId, instanceId }, action)).decide();
      },
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: false,
    description: 'The caller, and what the caller may do. Answers without a token too.',
    // A portal has a viewer as well: each subgraph then answers its own part of it.
    shareable: true,
    resolve: (_root, _args, context) => context.principal,
  }),
);
