import { parseArgs } from 'node:util';
import { endsWithNpm } from '../../sandbox/ends-with-npm.ts';
import { startSupergraph } from './supergraph.ts';

// `npm run example:supergraph`; with `-- --port 0` every port is a free one.
const { values } = parseArgs({ options: { port: { type: 'string', default: '4000' } } });
const port = Number(values.port);
const ports = port === 0 ? { router: 0, gateway: 0, portal: 0 } : { router: port, gateway: port + 1, portal: port + 2 };

const supergraph = await startSupergraph({ ports }).catch((error: NodeJS.ErrnoException): never => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(
    `One of the ports ${port} to ${port + 2} is taken: end what listens there, or choose others with -- --port 0`,
  );
  process.exit(1);
});
const end = () => {
  supergraph.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
endsWithNpm(end);

const { router, gateway, portal } = supergraph;
const query =
  '{ service(name: "orders") { owner { channel } cache { name clusterBackups(first: 1) { nodes { status startTime } } } } }';
console.log(`The supergraph is ready

  Router   ${router.url}
  kvstore  ${gateway.url}/graphql
  portal   ${portal.url}

A question that both subgraphs answer:

  curl -s ${router.url} \\
    -H 'Content-Type: application/json' \\
    -H 'Authorization: Bearer ${gateway.principals[0]?.token}' \\
    -d '${JSON.stringify({ query })}'
`);
