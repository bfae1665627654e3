import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, wherever they are run for the first time: begun last they would leave the other cores idle. */
const LONGEST = [
  'execution/differential',
  'hostile/fuzz',
  'end-to-end/shutdown',
  'cluster-backups/random-walks',
  'end-to-end/pagination',
  'permissions/differential',
  'cluster-backups/any-page',
  'hostile/slow-senders',
  'end-to-end/many-subscribers',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((name) => moduleId.endsWith(`/${name}.test.ts`));
    return (await super.sort(files)).toSorted((left, right) => Number(isLong(right)) - Number(isLong(left)));
  }
}

// Workers, and the commands that tests start, need not compile the same modules again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

export default defineConfig({
  resolve: {
    // Node itself takes the CommonJS build of graphql 16, Vite its other one; two of them do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }],
  },
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Tests wait for processes, browsers and clocks about as often as they compute: with one worker a core two cores take 400 s, with three
    // workers 185, with four 168. More than eight would only take the time of others where a machine is shared.
    maxWorkers: Math.min(8, availableParallelism() * 2),
    // Thousands of random cases leave much garbage that is young.
    execArgv: ['--max-semi-space-size=32'],
    // Times are for what hangs, on machines that are slow and shared too.
    testTimeout: 60_000,
    // Machines of CI are shared: what passes only when it is tried again is reported so.
    retry: process.env.CI ? 2 : 0,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 60_000,
  },
});
