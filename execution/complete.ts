import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { executeFields } from './execute-fields.ts';
import { type Complete, type Execution, type Field, nameOf, type Place, type Selection } from './field.ts';
import { caught, completeLater, failed } from './field-error.ts';
import { JsonPart, writeJson } from './json-part.ts';
import { FieldPlace, ItemPlace } from './place.ts';
import { isPromise } from './promises.ts';
import { notOfType, runtimeType } from './runtime-type.ts';

const completers = new WeakMap<GraphQLOutputType, Complete>();

/** How values of a type become parts of an answer. */
export function completerOf(type: GraphQLOutputType): Complete {
  let complete = completers.get(type);
  if (complete === undefined) {
    complete = isNonNullType(type) ? neverNull(completerOf(type.ofType)) : orNull(completePresent(type));
    completers.set(type, complete);
  }
  return complete;
}

function neverNull(complete: Complete): Complete {
  return (execution, field, place, value) => {
    const completed = complete(execution, field, place, value);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${nameOf(field)}.`);
  };
}

function orNull(complete: Complete): Complete {
  return (execution, field, place, value) => {
    if (value == null) return null;
    if (value instanceof Error) throw value;
    return complete(execution, field, place, value);
  };
}

/** For values that are neither null nor errors. */
function completePresent(type: GraphQLOutputType): Complete {
  if (isListType(type)) return completeList(type.ofType);
  if (isLeafType(type)) return completeLeaf(type);
  if (isAbstractType(type)) return completeAbstract(type);
  if (isObjectType(type))
    return (execution, field, place, value) => completeObject(execution, field, type, place, value);
  throw new TypeError(`not an output type: ${inspect(type)}`);
}

function completeLeaf(type: GraphQLLeafType): Complete {
  const asItIs = PLAIN.get(type);
  return (_execution, _field, _place, value) => {
    if (typeof value === asItIs) return value;
    const serialized = type.serialize(value);
    if (serialized != null) return serialized;
    throw new Error(
      `Expected \`${inspect(type)}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${inspect(serialized)}`,
    );
  };
}

/** Types that serialize values of their own kind to themselves. */
const PLAIN: ReadonlyMap<GraphQLLeafType, string> = new Map<GraphQLLeafType, string>([
  [GraphQLString, 'string'],
  [GraphQLID, 'string'],
  [GraphQLBoolean, 'boolean'],
]);

/**
 * Counted in advance for an item of a list that is a promise (something looked up by its id): before the first is found, a hundred lists of a
 * hundred ids may all be under way, each with a promise for every field.
 */
const FIELDS_OF_UNFOUND = 200;

function completeList(itemType: GraphQLOutputType): Complete {
  const complete = completerOf(itemType);
  return (execution, field, place, value) => {
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(field)}".`);
    }
    const items: unknown[] = [];
    let pending = false;
    try {
      for (const item of value) {
        if (isPromise(item)) execution.budget.takes(FIELDS_OF_UNFOUND);
        if (execution.budget.exceeded !== undefined) break;
        const completed = completeItem(execution, field, itemType, complete, new ItemPlace(place, items.length), item);
        items.push(completed);
        if (isPromise(completed)) pending = true;
      }
    } catch (error) {
      // Nobody waits for the other items any more, and one that rejects must not end the process, as it would with graphql-js.
      const others = Array.isArray(value) || value instanceof Set ? [...items, ...value] : items;
      for (const item of others) if (isPromise(item)) item.then(undefined, () => {});
      throw error;
    }
    return pending ? Promise.all(items) : items;
  };
}

function completeItem(
  execution: Execution,
  field: Field,
  type: GraphQLOutputType,
  complete: Complete,
  place: Place,
  item: unknown,
): unknown {
  try {
    const completed = isPromise(item)
      ? completeLater(execution, field, complete, place, item)
      : complete(execution, field, place, item);
    return isPromise(completed) ? caught(execution, field, type, place, completed) : completed;
  } catch (error) {
    return failed(execution, field, type, place, error);
  }
}

function completeAbstract(type: GraphQLAbstractType): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (execution, field, place, value) => {
    const complete = (name: unknown) =>
      completeObject(execution, field, runtimeType(execution, field, type, name, value), place, value);
    const name = resolveType(value, execution.context, fieldPlaceOf(place).info, type);
    return isPromise(name) ? name.then(complete) : complete(name);
  };
}

function completeObject(
  execution: Execution,
  field: Field,
  type: GraphQLObjectType,
  place: Place,
  value: unknown,
): unknown {
  const selection = execution.plan.below(field, type);
  if (type.isTypeOf == null) return executeObject(execution, selection, value, place);
  const fits = type.isTypeOf(value, execution.context, fieldPlaceOf(place).info);
  if (isPromise(fits)) return executeFitting(execution, field, type, place, value, fits);
  if (!fits) throw notOfType(type, value, field);
  return executeObject(execution, selection, value, place);
}

/** The fields of an object, or the text that was kept when the same selection last read the same object. */
function executeObject(execution: Execution, selection: Selection, value: unknown, place: Place): unknown {
  const by = selection.kept?.by(value, execution.context, selection.kept.fields);
  if (by === undefined) return executeFields(execution, selection, value, place);
  const { kept, budget, collected } = execution;
  const known = kept.get(by, selection.id);
  if (known !== undefined) {
    execution.parts += 1;
    return budget.takes(known.fields) ? known.part : {};
  }
  const { errors } = collected;
  const before = { errors: errors.length, fields: budget.fields, parts: execution.parts };
  const result = executeFields(execution, selection, value, place);
  const isWhole = !isPromise(result) && errors.length === before.errors && budget.exceeded === undefined;
  if (!isWhole || !kept.takes(by, selection.id)) return result;
  // Written by V8 itself, a quarter of what it takes here, where it has no text in it already.
  const text = execution.parts === before.parts ? JSON.stringify(result) : writeJson(result);
  kept.add(by, selection.id, budget.fields - before.fields, text);
  execution.parts += 1;
  return new JsonPart(text);
}

async function executeFitting(
  execution: Execution,
  field: Field,
  type: GraphQLObjectType,
  place: Place,
  value: unknown,
  fitting: Promise<boolean>,
): Promise<unknown> {
  if (await fitting) return executeFields(execution, execution.plan.below(field, type), value, place);
  throw notOfType(type, value, field);
}

/** The field that a place is in: itself, or of the list that it is an item of. */
function fieldPlaceOf(place: Place): FieldPlace {
  let above = place;
  while (!(above instanceof FieldPlace)) above = above.prev as Place;
  return above;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === 'function';
}
