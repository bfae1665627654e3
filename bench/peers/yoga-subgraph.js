import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { sourceOf } from './source.js';

// The gateway's own subgraph schema, with as many resolvers as the benchmark asks for.
const source = sourceOf();
const typeDefs = parse(readFileSync(new URL('../../subgraph.graphql', import.meta.url), 'utf8'));
const resolvers = {
  Instance: {
    __resolveReference: (key) => key,
    clusterBackups: (instance, args) => source.clusterBackups(instance, args),
  },
};
const schema = buildSubgraphSchema([{ typeDefs, resolvers }]);
const server = createServer(createYoga({ schema }));
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
