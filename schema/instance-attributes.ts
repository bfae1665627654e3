import type { GraphQLResolveInfo } from 'graphql';
import type { FoundInstance } from '../resolvers/loaders.ts';
import { NotFound } from '../resolvers/not-found.ts';
import type { InstanceRow } from '../upstream/rows.ts';
import type { KeyedInstance } from './admission.ts';
import type { Context } from './context.ts';
import { requireKnown } from './instance-access.ts';
import { pathOf } from './path.ts';

// Only this module holds it, so attributes are read by fields alone, which are guarded.
const FOUND = Symbol('found');

interface Attributed {
  [FOUND]?: FoundInstance;
}

/** Attaches attributes that were read with a list, so that they need no loader. */
export function withAttributes(instance: KeyedInstance & Attributed, attributes: FoundInstance): KeyedInstance {
  instance[FOUND] = attributes;
  return instance;
}

/** A resolver for an attribute: all attributes of an instance come with its one row. Raises `NotFound` where there is no such instance. */
export function attribute<Value>(read: (row: InstanceRow) => Value) {
  return (
    instance: KeyedInstance & Attributed,
    _args: object,
    context: Context,
    info: GraphQLResolveInfo,
  ): Value | Promise<Value> => {
    requireKnown(context, instance);
    const known = instance[FOUND];
    return known === undefined ? readLater(instance, read, context, info) : readRow(known, read, context, info);
  };
}

async function readLater<Value>(
  instance: KeyedInstance & Attributed,
  read: (row: InstanceRow) => Value,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Value> {
  const attributes = await context.loaders.instance(instance);
  instance[FOUND] = attributes;
  return readRow(attributes, read, context, info);
}

function readRow<Value>(
  { row, stale, ageSeconds }: FoundInstance,
  read: (row: InstanceRow) => Value,
  context: Context,
  info: GraphQLResolveInfo,
): Value {
  if (row === null) throw new NotFound('The instance does not exist');
  if (stale) context.noteStale(pathOf(info).slice(0, -1), ageSeconds);
  return read(row);
}
