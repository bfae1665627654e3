import { parseArgs } from 'node:util';
import { composeSupergraph } from '../examples/supergraph/compose-supergraph.ts';
import { PORTAL_SDL, startPortal } from '../examples/supergraph/portal.ts';
import { startRouter } from '../examples/supergraph/router.ts';
import { GATEWAY_SDL } from '../examples/supergraph/supergraph.ts';

// node bench/supergraph-router.ts --subgraph URL: Hive Gateway, in front of the example's portal and of a subgraph that serves `subgraph.graphql`.
const { values } = parseArgs({ options: { subgraph: { type: 'string', default: '' } } });
const portal = await startPortal();
const supergraph = composeSupergraph([
  { name: 'kvstore', url: values.subgraph, sdl: GATEWAY_SDL },
  { name: 'portal', url: portal.url, sdl: PORTAL_SDL },
]);
const router = await startRouter({ supergraph, logging: false });
process.stdout.write(`${router.url}\n`);
process.on('SIGTERM', () => process.exit(0));
