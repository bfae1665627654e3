/** What every page is sent with: nobody frames it, nobody guesses its type, and where it leads learns nothing of it. */
const PAGE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const NOTHING_ELSE = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/** Headers of a page that may load only what `allowed` says: directives of a Content-Security-Policy. */
export function pageHeaders(...allowed: string[]): Readonly<Record<string, string>> {
  return { ...PAGE_HEADERS, 'content-security-policy': [...NOTHING_ELSE, ...allowed].join('; ') };
}
