import {
  buildSchema,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  printSchema,
} from 'graphql';
import { hashOf, Random } from './random.ts';

/** What the resolvers of one execution share. */
export interface UnrulyContext {
  seed: number;
  /** How often something goes wrong, 0 to 1. */
  trouble: number;
  /** How often something is asynchronous, 0 to 1. */
  delay: number;
  /** What every resolver got. */
  seen: unknown[];
}

/**
 * The same types, with resolvers that give by seed and place in the answer what resolvers can give at all: values, nulls, errors thrown and
 * returned, promises of all these, lists of every kind, values of the wrong kind, and types that are decided early, late, wrongly or not.
 */
export function unrulySchema(source: GraphQLSchema | string): GraphQLSchema {
  const schema = buildSchema(typeof source === 'string' ? source : printSchema(source));
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (hashOf(`${type.name}.${field.name}`) % 7 !== 0)
          field.resolve = unruly as GraphQLFieldResolver<unknown, unknown>;
      }
      if (hashOf(type.name) % 3 !== 0) type.isTypeOf = isTypeOf(type);
    }
    if (isAbstractType(type) && hashOf(type.name) % 2 === 0) {
      type.resolveType = (value: unknown, context: unknown, info) => {
        const random = randomAt(context as UnrulyContext, info, `resolveType ${type.name}`);
        const possible = info.schema.getPossibleTypes(type);
        const chosen = () => {
          if (!random.chance((context as UnrulyContext).trouble))
            return typeNameOf(value) ?? random.pick(possible).name;
          switch (random.below(6)) {
            case 0:
              throw new Error('resolveType failed');
            case 1:
              return undefined;
            case 2:
              return 'Nothing';
            case 3:
              return 'String';
            case 4:
              return 5 as unknown as string;
            default:
              return 'Query';
          }
        };
        return random.chance((context as UnrulyContext).delay) ? late(random, chosen) : chosen();
      };
    }
  }
  return schema;
}

const unruly: GraphQLFieldResolver<unknown, UnrulyContext> = (source, args, context, info) => {
  context.seen.push(noted(source, args, info));
  return anyValue(info.returnType, context, info, 'value');
};

function noted(source: unknown, args: unknown, info: GraphQLResolveInfo) {
  return {
    source: typeNameOf(source) ?? typeof source,
    args,
    field: `${info.parentType.name}.${info.fieldName}: ${info.returnType}`,
    path: pathOf(info),
    typename: info.path.typename,
    above: info.path.prev?.typename,
    nodes: info.fieldNodes.map((node) => [node.alias?.value, node.loc?.start]),
    variables: info.variableValues,
    operation: info.operation.name?.value,
    fragments: Object.keys(info.fragments),
    root: info.rootValue,
  };
}

function anyValue(type: GraphQLOutputType, context: UnrulyContext, info: GraphQLResolveInfo, salt: string): unknown {
  const random = randomAt(context, info, salt);
  const value = () => {
    if (!random.chance(context.trouble)) return rightValue(type, context, info, salt, random);
    switch (random.below(7)) {
      case 0:
        return null;
      case 1:
        return undefined;
      case 2:
        throw new Error(`thrown at ${pathOf(info)}`);
      case 3:
        return new Error(`returned at ${pathOf(info)}`);
      case 4:
        throw new GraphQLError('with extensions', { extensions: { code: 'TROUBLE', at: pathOf(info) } });
      case 5:
        return { wrong: 'kind' };
      default:
        throw 'no error at all';
    }
  };
  return random.chance(context.delay) ? late(random, value) : value();
}

function rightValue(
  type: GraphQLOutputType,
  context: UnrulyContext,
  info: GraphQLResolveInfo,
  salt: string,
  random: Random,
): unknown {
  if (isNonNullType(type)) return rightValue(type.ofType, context, info, salt, random);
  if (isListType(type)) {
    const items = Array.from({ length: random.below(4) }, (_, index) => {
      try {
        return anyValue(type.ofType, context, info, `${salt} ${index}`);
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    });
    // Those behind one that fails are nobody's.
    for (const item of items) if (item instanceof Promise) item.catch(() => {});
    switch (random.below(6)) {
      case 0:
        return new Set(items);
      case 1:
        return (function* () {
          yield* items;
        })();
      default:
        return items;
    }
  }
  if (isObjectType(type)) return thing(type, random);
  if (isAbstractType(type)) return thing(random.pick(info.schema.getPossibleTypes(type)), random);
  if (isEnumType(type)) return random.pick(type.getValues()).value;
  switch (type.name) {
    case 'Int':
    case 'SafeInt':
      return random.pick([0, 7, -1, '12', true, 2_147_483_648]);
    case 'Float':
      return random.pick([0.5, 3, '1.5']);
    case 'Boolean':
      return random.pick([true, false, 1, 0]);
    case 'Code':
      return random.pick(['code', 'null', 'throws']);
    default:
      return random.pick(['text', '', 'späť \u2028', 12, true]);
  }
}

/** Some fields have no resolver, and read a property or call a method. */
function thing(type: GraphQLObjectType, random: Random): object {
  const properties = Object.values(type.getFields()).map((field) => [
    field.name,
    random.pick<unknown>([1, 'text', null, undefined, () => 'called', Promise.resolve('later'), true, []]),
  ]);
  return {
    ...Object.fromEntries(properties),
    $type: type.name,
    ...(random.chance(0.7) ? { __typename: type.name } : {}),
  };
}

function isTypeOf(type: GraphQLObjectType): NonNullable<GraphQLObjectType['isTypeOf']> {
  return (value, context: unknown, info) => {
    const random = randomAt(context as UnrulyContext, info, `isTypeOf ${type.name}`);
    const fits = () => {
      if (random.chance((context as UnrulyContext).trouble / 3)) throw new Error('isTypeOf failed');
      return typeNameOf(value) === type.name && !random.chance((context as UnrulyContext).trouble / 2);
    };
    return random.chance((context as UnrulyContext).delay / 2) ? (late(random, fits) as Promise<boolean>) : fits();
  };
}

function typeNameOf(value: unknown): string | undefined {
  return (value as { $type?: string } | null | undefined)?.$type;
}

/** A promise that settles some turns later. */
async function late<Value>(random: Random, value: () => Value): Promise<Value> {
  for (let turns = random.below(6); turns > 0; turns--) await undefined;
  return value();
}

function randomAt(context: UnrulyContext, info: GraphQLResolveInfo, salt: string): Random {
  return new Random(context.seed ^ hashOf(`${pathOf(info)} ${salt}`));
}

function pathOf({ path }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key);
  return keys.join('.');
}
