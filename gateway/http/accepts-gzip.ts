/** Whether a client takes a body in gzip, by its `Accept-Encoding`: `gzip;q=0` says that it does not. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  return /(^|,)\s*gzip\s*(,|;(?!\s*q=0(\.0+)?\s*(,|$))|$)/i.test(String(header ?? ''));
}
