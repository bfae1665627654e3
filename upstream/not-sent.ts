import { UpstreamError } from './upstream-error.ts';

/** The call failed before any request went out: it used up nothing of the quota, and says nothing about the upstream. */
export class NotSent extends UpstreamError {}
