/** Who asks, as far as a policy can tell principals apart. */
export interface Principal {
  /** The token's `sub`; null for the anonymous principal. */
  subject: string | null;
  groups: readonly string[];
  /** The caller's address as the gateway sees it, IPv4 or IPv6; anything else counts as unknown. */
  sourceIp: string;
  /** Whether the caller came by https. */
  secureTransport: boolean;
  /** Whether the caller signed in with a second factor. */
  mfaPresent: boolean;
}
