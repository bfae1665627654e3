import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { resolversOf, typeDefs } from './schema.js';
import { sourceOf } from './source.js';

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers: resolversOf(sourceOf()) }) });
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
