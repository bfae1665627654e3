import Fastify from 'fastify';
import mercurius from 'mercurius';
import { resolversOf, typeDefs } from './schema.js';
import { sourceOf } from './source.js';

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers: resolversOf(sourceOf()), jit: 1 });
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => process.exit(0));
