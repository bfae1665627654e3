import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { defineConfig, getComposedSchemaFromConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';
import { openApiOf } from './open-api.js';

const { values } = parseArgs({ options: { upstream: { type: 'string' } } });
const quiet = { debug() {}, info() {}, warn() {}, error: console.error, log() {}, child: () => quiet };
const composed = await getComposedSchemaFromConfig(
  defineConfig({
    subgraphs: [
      {
        sourceHandler: loadOpenAPISubgraph('RKVStore', {
          source: openApiOf(values.upstream),
          endpoint: values.upstream,
        }),
      },
    ],
  }),
  quiet,
);
const gateway = createGatewayRuntime({ supergraph: composed, logging: false });
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
