/** What stands in for a secret. */
export const REDACTED = '[redacted]';

/** Names of fields whose texts and objects are never written; numbers and flags under them are (a count of `tokens`). */
export const SECRET_NAME =
  /authorization|cookie|token|secret|passw(or)?d|signature|access_?key|credential|private_?key|download_?url|redis_?url|jwk(?!s)/i;

const SECRET_WORDS = [
  ...['authorization', 'x-acs-security-token', 'security[-_]?token', '(?:access|id|refresh|session)[-_]?token'],
  ...['(?:oss)?access[-_]?key(?:[-_]?(?:id|secret))?', '(?:client[-_]?)?secret', 'passw(?:or)?d', '(?:set-)?cookie'],
  ...['signature', 'x-oss-signature', '(?:internal)?downloadurl'],
].join('|');

// Inside JSON a word may follow the letter of an escape, as in "\nBearer".
const START = '(?:(?<!\\w)|(?<=\\\\[bfnrt]))';
const pattern = (source: string) => new RegExp(source, 'gi');

// Behind a name an opening quote may follow, but not one that closes the JSON text around it.
const VALUE = '\\s*(?:\\\\*["\'])?)(?![,:}\\]])[^\\s"\'\\\\&,;]+';

const PATTERNS: readonly [RegExp, string | ((match: string) => string)][] = [
  [/https?:\/\/[^\s"'\\<>]+/gi, withoutSignedLink],
  [/(:\/\/)[^\s/@"'\\]*@/g, `$1${REDACTED}@`],
  [/[\w.-]{16,}/g, withoutJwt],
  [/LTAI\w{8,}|CAIS[\w+/=%-]{20,}/g, REDACTED],
  [new RegExp(`${START}STS\\.\\w{8,}`, 'g'), REDACTED],
  [pattern(`${START}((?:bearer|basic|digest)\\s+)[^\\s"'\\\\,;]{8,}`), `$1${REDACTED}`],
  [pattern(`${START}(acs3-[\\w-]+\\s+)[^"\\\\]+`), `$1${REDACTED}`],
  [
    pattern(`(["'][\\w-]*(?:${SECRET_WORDS}|token)\\\\*["']\\s*[:=]\\s*\\\\*["'])(?![,:}\\]])[^"'\\\\]+`),
    `$1${REDACTED}`,
  ],
  [pattern(`((?:${SECRET_WORDS}|token)(?:=|%(?:25)*3D)${VALUE}`), `$1${REDACTED}`],
  [pattern(`(${START}(?:${SECRET_WORDS.replace('|signature', '')}):${VALUE}`), `$1${REDACTED}`],
];

/** Cheap to test, and true wherever one of the patterns could match. */
const SUSPICIOUS =
  /eyJ|LTAI|STS\.|CAIS|:\/\/|bearer|basic|digest|acs3-|authoriz|token|key|secret|passw|cookie|signature|downloadurl/i;

/**
 * Takes out of any text what must never be written: tokens, signatures, AccessKeys, passwords in URLs, and signed links. JSON
 * stays JSON.
 *
 * @param secrets Texts that are secret whatever they look like.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  if (!SUSPICIOUS.test(clean)) return clean;
  for (const [pattern, replacement] of PATTERNS) {
    clean = typeof replacement === 'string' ? clean.replace(pattern, replacement) : clean.replace(pattern, replacement);
  }
  return clean;
}

/** A secret as it may turn up: plain, inside JSON, inside a URL. Texts too short to be told from words are left out. */
export function spellings(secrets: readonly (string | undefined)[]): string[] {
  const long = secrets.filter((secret) => secret !== undefined && secret.length >= 8) as string[];
  return [
    ...new Set(long.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])),
  ];
}

const SIGNED = /[?&](?:signature|ossaccesskeyid|security-token|accesskeyid|x-oss-[\w-]+|[\w-]*token)=/i;

function withoutSignedLink(url: string): string {
  return SIGNED.test(url) ? '[link]' : url;
}

function withoutJwt(run: string): string {
  const start = run.indexOf('eyJ');
  return start >= 0 && run.includes('.', start) ? run.slice(0, start) + REDACTED : run;
}
