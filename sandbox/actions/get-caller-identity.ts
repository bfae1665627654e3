import type { ActionContext } from './action.ts';

/** STS 2015-04-01, answered on the same address so that a client can ask whose key it holds. */
export function getCallerIdentity({ world, accessKeyId }: ActionContext): Record<string, unknown> {
  return {
    AccountId: world.accountId,
    Arn: `acs:ram::${world.accountId}:user/${accessKeyId}`,
    IdentityType: 'RAMUser',
    PrincipalId: '288774244375210001',
    UserId: '288774244375210001',
  };
}
