import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { resolversOf, typeDefs } from './schema.js';
import { sourceOf } from './source.js';

const server = new ApolloServer({ typeDefs, resolvers: resolversOf(sourceOf()) });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
process.stdout.write(`${url}\n`);
process.on('SIGTERM', () => process.exit(0));
