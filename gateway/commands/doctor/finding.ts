/** What one check has found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  check: string;
  ok: boolean;
  says: string;
  /** What to do about it; there where something is wrong. */
  advice?: string;
}

export function well(check: string, says: string): Finding {
  return { check, ok: true, says };
}

export function wrong(check: string, says: string, advice: string): Finding {
  return { check, ok: false, says, advice };
}

/** `ECONNREFUSED` and the like, from an error or what caused it; undefined where there is none. */
export function systemCode(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (one.name === 'TimeoutError') return 'ETIMEDOUT';
  }
  return undefined;
}

/** What to do about a host that does not answer. */
export function networkAdvice(error: unknown): string {
  const code = systemCode(error) ?? '';
  if (/ENOTFOUND|EAI_AGAIN/.test(code)) return 'its name does not resolve: look at the name and at DNS';
  if (/ECONNREFUSED/.test(code)) return 'nothing listens there: look at host and port';
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_TLS|ERR_SSL/.test(code)) {
    return 'its certificate is not trusted: NODE_EXTRA_CA_CERTS names further authorities; a proxy in between may show its own';
  }
  return 'it does not answer in time: look at routes, firewalls and egress rules';
}
