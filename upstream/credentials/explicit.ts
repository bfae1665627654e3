import { z } from 'zod';
import { type CredentialSource, staticCredentials } from '../credentials.ts';
import { sessionFrom } from './provider.ts';
import { type RefreshOptions, refreshedCredentials } from './refreshed.ts';

const text = z.string().min(1);
const timeouts = { timeout: z.number().positive().optional(), connectTimeout: z.number().positive().optional() };
const assumed = {
  ...timeouts,
  roleArn: text,
  roleSessionName: text.optional(),
  roleSessionExpiration: z.number().min(900).optional(),
  policy: text.optional(),
  stsEndpoint: text.optional(),
  stsRegionId: text.optional(),
  enableVpc: z.boolean().optional(),
};

/**
 * The `Config` object of `@alicloud/credentials`, for the types that can sign. The library fills what is missing from the
 * process's variables, which would sign for one account with the keys of another: so what a type needs must be there.
 * `ram_role_arn` without keys assumes its role with the default account's credentials.
 */
export const credentialsConfig = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('access_key'), accessKeyId: text, accessKeySecret: text }),
  z.looseObject({ type: z.literal('sts'), accessKeyId: text, accessKeySecret: text, securityToken: text }),
  z
    .looseObject({
      type: z.literal('ram_role_arn'),
      ...assumed,
      accessKeyId: text.optional(),
      accessKeySecret: text.optional(),
      securityToken: text.optional(),
      externalId: text.optional(),
    })
    .refine((config) => (config.accessKeyId === undefined) === (config.accessKeySecret === undefined), {
      message: 'accessKeyId and accessKeySecret go together',
    }),
  z.looseObject({ type: z.literal('oidc_role_arn'), ...assumed, oidcProviderArn: text, oidcTokenFilePath: text }),
  z.looseObject({
    type: z.literal('ecs_ram_role'),
    ...timeouts,
    roleName: text.optional(),
    disableIMDSv1: z.boolean().optional(),
  }),
  z.looseObject({ type: z.literal('credentials_uri'), ...timeouts, credentialsURI: z.url({ protocol: /^https?$/ }) }),
]);

/** Credentials of one account, as they are written down. */
export type CredentialsConfig = z.infer<typeof credentialsConfig>;
type AssumedRole = Extract<CredentialsConfig, { type: 'ram_role_arn' }>;

/** The credentials that a `Config` object stands for; `base` assumes the roles that come without keys. */
export function explicitCredentials(
  config: CredentialsConfig,
  base: CredentialSource,
  options: RefreshOptions = {},
): CredentialSource {
  if (config.type === 'access_key') {
    const { accessKeyId, accessKeySecret } = config;
    return staticCredentials({ accessKeyId, accessKeySecret });
  }
  if (config.type === 'sts') {
    const { accessKeyId, accessKeySecret, securityToken } = config;
    return staticCredentials({ accessKeyId, accessKeySecret, securityToken });
  }
  return refreshedCredentials(async () => sessionFrom(await providerOf(config, base)), options);
}

async function providerOf(config: Exclude<CredentialsConfig, { type: 'access_key' | 'sts' }>, base: CredentialSource) {
  const library = await import('@alicloud/credentials');
  const read = config.timeout ?? 0;
  const connect = config.connectTimeout ?? 0;
  switch (config.type) {
    case 'ram_role_arn':
      return library.RAMRoleARNCredentialsProvider.builder()
        .withCredentialsProvider(callerOf(config, base))
        .withRoleArn(config.roleArn)
        .withRoleSessionName(config.roleSessionName ?? '')
        .withDurationSeconds(config.roleSessionExpiration ?? 0)
        .withPolicy(config.policy ?? '')
        .withExternalId(config.externalId ?? '')
        .withStsEndpoint(config.stsEndpoint ?? '')
        .withStsRegionId(config.stsRegionId ?? '')
        .withEnableVpc(config.enableVpc ?? false)
        .withReadTimeout(read)
        .withConnectTimeout(connect)
        .build();
    case 'oidc_role_arn':
      return library.OIDCRoleArnCredentialsProvider.builder()
        .withRoleArn(config.roleArn)
        .withOIDCProviderArn(config.oidcProviderArn)
        .withOIDCTokenFilePath(config.oidcTokenFilePath)
        .withRoleSessionName(config.roleSessionName ?? '')
        .withDurationSeconds(config.roleSessionExpiration ?? 0)
        .withPolicy(config.policy ?? '')
        .withStsEndpoint(config.stsEndpoint ?? '')
        .withStsRegionId(config.stsRegionId ?? '')
        .withEnableVpc(config.enableVpc ?? false)
        .withReadTimeout(read)
        .withConnectTimeout(connect)
        .build();
    case 'ecs_ram_role':
      return library.ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(config.roleName ?? '')
        .withDisableIMDSv1(config.disableIMDSv1 ?? false)
        .withReadTimeout(read)
        .withConnectTimeout(connect)
        .build();
    case 'credentials_uri':
      return library.URICredentialsProvider.builder()
        .withCredentialsURI(config.credentialsURI)
        .withReadTimeout(read)
        .withConnectTimeout(connect)
        .build();
  }
}

/** Who assumes the role, in the shape of a provider of the library. */
function callerOf({ accessKeyId, accessKeySecret, securityToken }: AssumedRole, base: CredentialSource) {
  const own = accessKeyId !== undefined && accessKeySecret !== undefined;
  return {
    getProviderName: () => (own ? (securityToken ? 'static_sts' : 'static_ak') : 'default'),
    getCredentials: async () => {
      const caller = own ? { accessKeyId, accessKeySecret, securityToken } : await base.current();
      return { ...caller, securityToken: caller.securityToken ?? '', providerName: own ? 'static_ak' : 'default' };
    },
  };
}
