import { z } from 'zod';
import { UpstreamError } from '../upstream-error.ts';

/** An error body has `Code`; older gateways write it in lower case. */
const errorBody = z.object({ Code: z.string().optional(), code: z.string().optional() });

/** The upstream's error code in a body, also in one that came with status 200. */
export function codeIn(body: unknown): string | undefined {
  const parsed = errorBody.safeParse(body);
  return parsed.success ? (parsed.data.Code ?? parsed.data.code) || undefined : undefined;
}

/** Reads the outside of an answer; the rows in it stay unknown, and are read field by field. */
export function readEnvelope<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  action: string,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw senseless(action, 'its outline is not the published one');
  return parsed.data;
}

/** The error for an answer that cannot be understood; `why` must not repeat what was received. */
export function senseless(action: string, why: string): UpstreamError {
  return new UpstreamError({ kind: 'error', message: `The upstream's answer to ${action} makes no sense: ${why}.` });
}
