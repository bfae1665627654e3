import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Node itself takes the CommonJS build of graphql 16, Vite its other one; two of them do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'forks',
    testTimeout: 20_000,
    // Machines of CI are shared: what passes only when it is tried again is reported so.
    retry: process.env.CI ? 2 : 0,
    // A second is not long where other processes start at the same time.
    expect: { poll: { timeout: 8_000 } },
    hookTimeout: 30_000,
  },
});
