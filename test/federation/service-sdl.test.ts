import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runGateway } from '../end-to-end/running-gateway.ts';

const SERVICE = '{ _service { sdl } }';
const SDL = readFileSync(new URL('../../subgraph.graphql', import.meta.url), 'utf8');

it('answers subgraph.graphql to whoever has a token when introspection is off', async () => {
  await using running = await runGateway({ INTROSPECTION: 'false' });
  const { body } = await running.ask(SERVICE);
  expect(body).toEqual({ data: { _service: { sdl: expect.any(String) } } });
  expect(body.data._service.sdl.trimEnd()).toBe(SDL.trimEnd());
});

it('answers nothing to others when introspection is off', async () => {
  await using running = await runGateway({ INTROSPECTION: 'false' });
  const { body } = await running.ask(SERVICE, { token: null });
  expect(JSON.stringify(body)).not.toContain('Instance');
  expect(body.errors).toEqual([expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })]);
});

it('answers everybody when introspection is on', async () => {
  await using running = await runGateway({ INTROSPECTION: 'true' });
  const { body } = await running.ask(SERVICE, { token: null });
  expect(body.data._service.sdl.trimEnd()).toBe(SDL.trimEnd());
});
