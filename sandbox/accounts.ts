/** An access key and what it takes to use it. May be changed while the sandbox runs. */
export interface AccessKey {
  accessKeyId: string;
  accessKeySecret: string;
  /** Makes it a temporary key: requests carry this token in `x-acs-security-token`. */
  securityToken?: string | undefined;
  /** Epoch milliseconds after which the token is expired. */
  expiresAt?: number | undefined;
  /** `InvalidAccessKeyId.Inactive` when true. */
  inactive?: boolean | undefined;
}

/** An account: whoever signs with one of its keys sees its instances and no others. */
export interface Account {
  accountId: string;
  accessKeys: AccessKey[];
  /** How many instances it has; by default as many as the first account. */
  instances?: number | undefined;
}

export const DEFAULT_ACCOUNT_ID = '1234567890123456';
export const DEFAULT_ACCESS_KEY: Readonly<AccessKey> = { accessKeyId: 'sandbox', accessKeySecret: 'sandbox-secret' };

export function findAccessKey(
  accounts: readonly Account[],
  accessKeyId: string,
): { account: Account; accessKey: AccessKey } | undefined {
  for (const account of accounts) {
    const accessKey = account.accessKeys.find((key) => key.accessKeyId === accessKeyId);
    if (accessKey) return { account, accessKey };
  }
  return undefined;
}
