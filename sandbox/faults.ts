import { z } from 'zod';

const common = {
  /** Only calls of this action. */
  action: z.string().optional(),
  /** Only calls with this `InstanceId`. */
  instanceId: z.string().optional(),
  /** Only the next so many calls; without it, until it is removed. */
  times: z.int().positive().optional(),
  /** Only this share of calls, 0 to 1. */
  rate: z.number().min(0).max(1).optional(),
};
const milliseconds = z.number().min(0);

/** What a fault can be asked for as, in a test or by `POST /_sandbox/faults`. */
export const faultRequestSchema = z.discriminatedUnion('kind', [
  /** Answers later, by `ms` and up to `jitterMs` more. Goes with any other fault. */
  z.strictObject({ kind: z.literal('latency'), ms: milliseconds, jitterMs: milliseconds.optional(), ...common }),
  /** Answers with an error in the upstream's envelope; the status follows from the code. */
  z.strictObject({
    kind: z.literal('error'),
    code: z.string().min(1),
    status: z.int().min(200).max(599).optional(),
    message: z.string().optional(),
    retryAfterMs: z.int().min(0).optional(),
    ...common,
  }),
  /** `Throttling.User` for calls of one account and action over so many in any 60 seconds. */
  z.strictObject({ kind: z.literal('throttle'), callsPerMinute: z.int().min(0), ...common }),
  /** Closes the connection with a reset, without an answer. */
  z.strictObject({ kind: z.literal('reset'), ...common }),
  /** Takes the request and never answers; with `after: 'headers'` it stops in the middle of the answer. */
  z.strictObject({ kind: z.literal('hang'), after: z.enum(['request', 'headers']).optional(), ...common }),
  /** The right answer, in small pieces, `ms` apart. */
  z.strictObject({ kind: z.literal('drip'), ms: milliseconds, bytes: z.int().positive().optional(), ...common }),
  /** The first half of the right JSON, as if it were all. */
  z.strictObject({ kind: z.literal('truncated'), ...common }),
  /** A proxy's HTML page; 502 unless said otherwise. */
  z.strictObject({ kind: z.literal('html'), status: z.int().min(200).max(599).optional(), ...common }),
  /** HTTP 200 whose body is `Code` and `Message`. */
  z.strictObject({ kind: z.literal('code-in-200'), code: z.string().min(1), ...common }),
  /** HTTP 200 with a JSON body of so many bytes; with `gzip` it is small on the wire. */
  z.strictObject({ kind: z.literal('huge'), bytes: z.int().positive(), gzip: z.boolean().optional(), ...common }),
  /** HTTP 302. */
  z.strictObject({ kind: z.literal('redirect'), location: z.string().min(1), ...common }),
  /** The server's clock is so much ahead (behind when negative) when it looks at the request's date. */
  z.strictObject({ kind: z.literal('clock-skew'), ms: z.number(), ...common }),
]);

export type FaultRequest = z.input<typeof faultRequestSchema>;
