/** What a token says of itself. Not verified: that is the gateway's part; here it only decides what is shown. */
export interface Claims {
  /** Epoch milliseconds. */
  expiresAt: number | undefined;
}

/** Reads a JWT; everything undefined for what is none. */
export function claimsOf(token: string): Claims {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return { expiresAt: typeof exp === 'number' ? exp * 1000 : undefined };
  } catch {
    return { expiresAt: undefined };
  }
}

/** Whether a text has the form of a signed token, so that a slip of the clipboard is found before it is sent anywhere. */
export function looksLikeToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}
