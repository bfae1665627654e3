import { createRequire } from 'node:module';

/** Of the package: what `/metrics`, traces and calls to the upstream say. */
export const VERSION = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
