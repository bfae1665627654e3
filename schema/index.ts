import { printSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import './scalars.ts';
import './instance.ts';
import './cluster-backup.ts';
import './instances.ts';
import './region.ts';
import './viewer.ts';
import './node.ts';
import './by-ids.ts';
import './cluster-backup-progress.ts';
import { resolveEntities } from './federation.ts';
import { describeFederation } from './federation-descriptions.ts';
import { guardSchema } from './guard.ts';

/** The schema that is served: the client schema and the fields of a federation subgraph, every field with its check. */
export function createSchema(): GraphQLSchema {
  const schema = builder.toSubGraphSchema({ linkUrl: 'https://specs.apollo.dev/federation/v2.6' });
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities === undefined) throw new TypeError('the schema has no entities');
  entities.resolve = resolveEntities as NonNullable<typeof entities.resolve>;
  describeFederation(schema);
  return guardSchema(schema);
}

/** The client schema as text, without federation. */
export function printClientSchema(): string {
  return `${printSchema(lexicographicSortSchema(builder.toSchema()))}\n`;
}

/** What `_service { sdl }` answers. */
export function printSubgraph(): string {
  return `${printSubgraphSchema(createSchema()).trimEnd()}\n`;
}
