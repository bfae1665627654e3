import { type GraphQLSchema, isObjectType } from 'graphql';

/** What Apollo's federation adds to every subgraph, by type, field and argument: it comes without descriptions. */
const DESCRIPTIONS = {
  _Any: 'A representation of something that another subgraph refers to: its `__typename` and one of its keys.',
  _Entity: 'Whatever another subgraph can refer to by a key.',
  _Service: 'What this service tells a router of itself.',
  '_Service.sdl': 'Its schema, with the directives of federation.',
  'Query._entities':
    'Whatever these representations stand for, in their order; null for those that do not exist. For routers, and checked like every other way in.',
  'Query._entities(representations)': 'At most 100.',
  'Query._service': 'The schema of this subgraph, for routers.',
} as const;

/** Describes the types and fields that only federation has, in place: whoever introspects the schema sees them too. */
export function describeFederation(schema: GraphQLSchema): void {
  for (const [name, description] of Object.entries(DESCRIPTIONS)) {
    const [, typeName = '', fieldName, argumentName] = /^(\w+)(?:\.(\w+))?(?:\((\w+)\))?$/.exec(name) ?? [];
    const type = schema.getType(typeName);
    const field = fieldName !== undefined && isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const described =
      argumentName === undefined ? (field ?? type) : field?.args.find((argument) => argument.name === argumentName);
    if (described === undefined) throw new TypeError(`the schema has no ${name}`);
    described.description = description;
  }
}
