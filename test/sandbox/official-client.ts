import { createRequire } from 'node:module';
import type { Sandbox } from '../../sandbox/sandbox.ts';

// the SDK is CommonJS, whose default export test runners and Node see differently
const require = createRequire(import.meta.url);
const { $OpenApiUtil } = require('@alicloud/openapi-core') as typeof import('@alicloud/openapi-core');

/** The official SDK: its requests, and the client of it in `default`. */
export const sdk = require('@alicloud/r-kvstore20150101') as typeof import('@alicloud/r-kvstore20150101');

export function officialClient(
  sandbox: Pick<Sandbox, 'port' | 'accessKeyId' | 'accessKeySecret'>,
  credentials: { accessKeyId?: string; accessKeySecret?: string; securityToken?: string } = {},
) {
  return new sdk.default(
    new $OpenApiUtil.Config({
      endpoint: `127.0.0.1:${sandbox.port}`,
      protocol: 'http',
      regionId: 'cn-hangzhou',
      accessKeyId: sandbox.accessKeyId,
      accessKeySecret: sandbox.accessKeySecret,
      ...credentials,
    }),
  );
}

/** `2024-01-10T17:21Z`. */
export function minute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
