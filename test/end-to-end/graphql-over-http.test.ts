import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from './running-gateway.ts';

// The audits of the GraphQL over HTTP specification, on the default start, through both decoders.
describe.each([false, true])('GraphQL over HTTP, everything through yoga: %s', (yogaOnly) => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway({}, { yogaOnly });
  });
  afterAll(() => running[Symbol.asyncDispose]());

  for (const audit of serverAudits({ url: () => `${running.url}/graphql` })) {
    if (audit.name.startsWith('MAY')) continue;
    it(audit.name, async () => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    });
  }
});
