import { UpstreamError } from '../upstream/upstream-error.ts';

/** A field of a row; raises where the upstream sent something that cannot be read, so that this field alone is an error. */
export function cell<
  Row extends { faults?: { readonly [Field in string]?: string } },
  Field extends keyof Row & string,
>(row: Row, field: Field): Row[Field] {
  const value = row[field];
  if (value === null && row.faults?.[field] !== undefined) {
    throw new UpstreamError({ kind: 'error', message: `${field}: the upstream sent a value that cannot be read` });
  }
  return value;
}
