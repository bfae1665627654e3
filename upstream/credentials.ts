/** What signs a call. */
export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  /** Of temporary credentials; opaque, up to kilobytes. */
  securityToken?: string | undefined;
}

/** Where the credentials of an account come from. */
export interface CredentialSource {
  /** Credentials that are valid now; raises an `UpstreamError` of kind `error` when there are none to be had. */
  current(): Promise<Credentials>;
  /** Credentials other than `refused`, which the upstream took for expired; the same again where there are no others. */
  renewed(refused: Credentials): Promise<Credentials>;
}

/** Credentials that are given and never expire. */
export function staticCredentials(credentials: Credentials): CredentialSource {
  return { current: async () => credentials, renewed: async () => credentials };
}
