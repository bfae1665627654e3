import type { CredentialSource } from '../credentials.ts';
import { UpstreamError } from '../upstream-error.ts';
import { sessionFrom } from './provider.ts';
import { noCredentials, type RefreshOptions, refreshedCredentials, type Session } from './refreshed.ts';

/** The process's variables, `ALIBABA_CLOUD_*` among them. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Link {
  name: string;
  fetch(): Promise<Session>;
}

/**
 * The official default chain: variables, OIDC role, profile of the aliyun CLI, profile of a credentials file, role of the
 * ECS instance, credentials URI. What `environment` names is taken from it; the library itself still reads
 * `ALIBABA_CLOUD_CREDENTIALS_FILE`, `HOME` and what `environment` leaves out from the process.
 *
 * The library's own chain asks `https://undefined/` when there is no URI, and keeps to the link it tried last even when
 * that failed. This one keeps to the link that first succeeded, so that a running process never changes who it is.
 */
export function defaultCredentials(environment: Environment, options: RefreshOptions = {}): CredentialSource {
  let links: Promise<Link[]> | undefined;
  let good: Link | undefined;
  return refreshedCredentials(async () => {
    if (good) return good.fetch();
    links ??= linksOf(environment);
    const failures: string[] = [];
    let passing = false;
    for (const link of await links) {
      try {
        const session = await link.fetch();
        good = link;
        return session;
      } catch (error) {
        failures.push(`${link.name}: ${reasonIn(error)}`);
        passing ||= error instanceof UpstreamError && error.retryable;
      }
    }
    throw noCredentials(failures.join('; '), passing);
  }, options);
}

async function linksOf(environment: Environment): Promise<Link[]> {
  const links: Link[] = [];
  const { ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret } = environment;
  const { ALIBABA_CLOUD_SECURITY_TOKEN: securityToken } = environment;
  if (accessKeyId && accessKeySecret) {
    const credentials = { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
    links.push({ name: 'variables', fetch: async () => ({ credentials, expiresAt: undefined }) });
    // Nothing after them would ever be asked, so the library need not be loaded.
    return links;
  }
  const library = await import('@alicloud/credentials');
  const { ALIBABA_CLOUD_ROLE_ARN: roleArn, ALIBABA_CLOUD_OIDC_PROVIDER_ARN: oidcProviderArn } = environment;
  const { ALIBABA_CLOUD_OIDC_TOKEN_FILE: oidcTokenFile, ALIBABA_CLOUD_CREDENTIALS_URI: uri } = environment;
  if (roleArn && oidcProviderArn && oidcTokenFile) {
    const oidc = () =>
      library.OIDCRoleArnCredentialsProvider.builder()
        .withRoleArn(roleArn)
        .withOIDCProviderArn(oidcProviderArn)
        .withOIDCTokenFilePath(oidcTokenFile)
        .withRoleSessionName(environment.ALIBABA_CLOUD_ROLE_SESSION_NAME ?? '')
        .withStsRegionId(environment.ALIBABA_CLOUD_STS_REGION ?? '')
        .withEnableVpc(isTrue(environment.ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED))
        .build();
    links.push({ name: 'OIDC role', fetch: async () => sessionFrom(oidc()) });
  }
  const profile = environment.ALIBABA_CLOUD_PROFILE ?? '';
  if (!isTrue(environment.ALIBABA_CLOUD_CLI_PROFILE_DISABLED)) {
    const cli = () => library.CLIProfileCredentialsProvider.builder().withProfileName(profile).build();
    links.push({ name: 'CLI profile', fetch: async () => sessionFrom(cli()) });
  }
  const file = () => library.ProfileCredentialsProvider.builder().withProfileName(profile).build();
  links.push({ name: 'credentials file', fetch: async () => sessionFrom(file()) });
  if (!isTrue(environment.ALIBABA_CLOUD_ECS_METADATA_DISABLED)) {
    const ecs = () =>
      library.ECSRAMRoleCredentialsProvider.builder()
        .withRoleName(environment.ALIBABA_CLOUD_ECS_METADATA ?? '')
        .withDisableIMDSv1(isTrue(environment.ALIBABA_CLOUD_IMDSV1_DISABLED))
        .build();
    links.push({ name: 'ECS role', fetch: async () => sessionFrom(ecs()) });
  }
  if (uri) {
    const byUri = () => library.URICredentialsProvider.builder().withCredentialsURI(uri).build();
    links.push({ name: 'credentials URI', fetch: async () => sessionFrom(byUri()) });
  }
  return links;
}

function reasonIn(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message : 'failed';
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}
