import { z } from 'zod';
import type { Operation } from '../call.ts';
import { readEnvelope } from './envelope.ts';

const ACTION = 'GetCallerIdentity';

const envelope = z.object({ AccountId: z.union([z.string().regex(/^\d+$/), z.int().transform(String)]) });

/** `GetCallerIdentity` of STS 2015-04-01: the id of the account that the credentials belong to. */
export const getCallerIdentity: Operation<void, string> = {
  action: ACTION,
  product: 'sts',
  method: 'POST',
  parameters: () => ({}),
  parse: (body) => readEnvelope(envelope, body, ACTION).AccountId,
};
