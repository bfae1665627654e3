import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { MAX_WALK_CALLS } from '../resolvers/cluster-backups/forward-walk.ts';
import { DEFAULT_COUNT, LARGEST_COUNT } from '../resolvers/connection-arguments.ts';
import { decodeGlobalId, type GlobalId } from '../resolvers/global-id.ts';
import { MAX_INSTANCE_IDS } from '../resolvers/instances/connection.ts';
import { LARGEST_INSTANCE_PAGE, LARGEST_PAGE } from '../resolvers/page-plan.ts';
import { readRepresentation } from './representation.ts';

/** An operation whose cost is asked for: its variables are coerced already. */
export interface CostedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * The most upstream calls that an operation can make, retries apart. Walks what is selected, `@skip` and `@include` obeyed: fields that share
 * their calls by construction (the same page in several places, attributes of up to 30 instances) are counted once, as they cost.
 */
export function costOf(costed: CostedOperation): number {
  const walker = new CostWalker(costed);
  walker.root(costed.operation.selectionSet);
  return walker.total();
}

/** The instances a selection is about: `count` of them, of which `key` names one that is known. */
interface Place {
  type: string;
  count: number;
  /** `account/region/instance`; undefined where only an answer will tell. */
  key: string | undefined;
  region: string | undefined;
  /** Attributes of these came with a list already. */
  listed: boolean;
}

type Arguments = Readonly<Record<string, unknown>>;

const FORWARD_CALLS = 1;
/** A page of more than this takes a second call. */
const ONE_CALL_ROWS = LARGEST_PAGE - 10;
/** When nothing moved a page read backwards takes one call; when much did, this many. */
const BACKWARD_CALLS = 3;

class CostWalker {
  readonly #costed: CostedOperation;
  #calls = 0;
  /** Pages that several fields share, by what they have in common: the largest count is what is read. */
  readonly #shared = new Map<string, number>();
  /** Keys of instances whose attributes are read, by level and region. */
  readonly #attributes = new Map<string, { keys: Set<string>; unknown: number }>();

  constructor(costed: CostedOperation) {
    this.#costed = costed;
  }

  root(set: SelectionSetNode): void {
    const type = this.#costed.operation.operation === 'subscription' ? 'Subscription' : 'Query';
    this.#walk(set, { type, count: 1, key: undefined, region: undefined, listed: false }, 0);
  }

  total(): number {
    let calls = this.#calls;
    for (const shared of this.#shared.values()) calls += shared;
    for (const { keys, unknown } of this.#attributes.values())
      calls += Math.ceil((keys.size + unknown) / MAX_INSTANCE_IDS);
    return calls;
  }

  #walk(set: SelectionSetNode, place: Place, level: number): void {
    if (place.count === 0) return;
    for (const node of this.#fields(set, place.type)) {
      // With nothing below it only an attribute of an instance can cost something.
      if (node.selectionSet !== undefined || place.type === 'Instance') this.#field(node, place, level);
    }
  }

  #field(node: FieldNode, place: Place, level: number): void {
    const type = this.#costed.schema.getType(place.type);
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined) return;
    const given = this.#arguments(field, node);
    const below = (next: Partial<Place>) => {
      if (node.selectionSet === undefined) return;
      this.#walk(node.selectionSet, { ...place, type: getNamedType(field.type).name, ...next }, level + 1);
    };
    switch (`${place.type}.${node.name.value}`) {
      case 'Query.regions':
        this.#calls += 1;
        break;
      case 'Query.instances':
        this.#instances(given, below);
        break;
      case 'Query.instance':
        below(named(given));
        break;
      case 'Query.clusterBackup':
        this.#share(`id ${named(given).key} ${given.clusterBackupId}`, 1);
        below(named(given));
        break;
      case 'Query.node':
        this.#nodes([given.id], decodeGlobalId, node, level);
        break;
      case 'Query.nodes':
        this.#nodes(given.ids as unknown[], decodeGlobalId, node, level);
        break;
      case 'Query._entities':
        this.#nodes(given.representations as unknown[], readRepresentation, node, level);
        break;
      case 'Instance.clusterBackups':
        this.#clusterBackups(given, node, place, below);
        break;
      case 'Instance.clusterBackup':
        this.#many(place, `id ${place.key} ${given.clusterBackupId}`, 1);
        below({});
        break;
      case 'ClusterBackup.shardBackups':
        below({ count: place.count * countOf(given, LARGEST_COUNT) });
        break;
      case 'ClusterBackup.instance':
        below({ listed: false });
        break;
      case 'Subscription.clusterBackupProgress':
        this.#calls += 1;
        below(named(given));
        break;
      default:
        if (place.type === 'Instance' && !KEY.has(node.name.value)) this.#attribute(place, level);
        below({});
        break;
    }
  }

  #instances(given: Arguments, below: (next: Partial<Place>) => void): void {
    const count = countOf(given);
    const anywhere = given.after != null || given.before != null || given.last != null;
    this.#calls += Math.max(1, Math.ceil(count / LARGEST_INSTANCE_PAGE)) + (anywhere ? 1 : 0);
    below({ count, key: undefined, region: String(given.regionId), listed: true });
  }

  #clusterBackups(given: Arguments, node: FieldNode, place: Place, below: (next: Partial<Place>) => void): void {
    const count = countOf(given);
    const scans = given.filter != null && Object.values(given.filter).some((value) => value != null);
    const selects = (...names: string[]) => this.#selectsAny(node, 'ClusterBackupConnection', names);
    const page = given.after != null || given.before != null ? JSON.stringify([given.after, given.before]) : '';
    const window = `${place.key} ${JSON.stringify([given.startTime, given.endTime])}`;
    if (scans || selects('totalCount')) this.#many(place, `scan ${window}`, MAX_WALK_CALLS);
    else if (given.last != null && given.before == null) this.#many(place, `scan ${window}`, MAX_WALK_CALLS);
    else if (given.before != null) this.#many(place, `before ${window} ${page} ${given.last}`, BACKWARD_CALLS);
    else {
      const calls = count > ONE_CALL_ROWS ? 2 * FORWARD_CALLS : FORWARD_CALLS;
      const read = selects('edges', 'nodes', 'pageInfo', 'fullStorageBytes', 'logStorageBytes');
      if (read) this.#many(place, `page ${window} ${page}`, calls);
    }
    below({ count: place.count * count, listed: place.listed });
  }

  #attribute(place: Place, level: number): void {
    if (place.listed) return;
    const name = `${level} ${place.region}`;
    const group = this.#attributes.get(name) ?? { keys: new Set<string>(), unknown: 0 };
    this.#attributes.set(name, group);
    if (place.key !== undefined) group.keys.add(place.key);
    else group.unknown += place.count;
  }

  #nodes<Name>(names: readonly unknown[], read: (name: Name) => GlobalId, node: FieldNode, level: number): void {
    for (const name of names) this.#node(idOf(read, name as Name), node, level);
  }

  #node(id: GlobalId | undefined, node: FieldNode, level: number): void {
    if (id === undefined || node.selectionSet === undefined) return;
    const key = `${id.accountId}/${id.regionId}/${id.instanceId}`;
    const place = { type: id.type, count: 1, key, region: `${id.accountId}/${id.regionId}`, listed: false };
    if (id.type !== 'Instance') {
      // Backups of one instance whose starts are known share a window.
      this.#share(id.startTime > 0 ? `window ${key}` : `id ${key} ${id.clusterBackupId}`, 1);
    }
    this.#walk(node.selectionSet, place, level + 1);
  }

  /** Calls for each of a place's instances; for one that is known, shared with whoever needs the same. */
  #many(place: Place, name: string, calls: number): void {
    if (place.key === undefined) this.#calls += place.count * calls;
    else this.#share(name, calls);
  }

  #share(name: string, calls: number): void {
    this.#shared.set(name, Math.max(this.#shared.get(name) ?? 0, calls));
  }

  #selectsAny({ selectionSet }: FieldNode, type: string, names: readonly string[]): boolean {
    return (
      selectionSet !== undefined && this.#fields(selectionSet, type).some(({ name }) => names.includes(name.value))
    );
  }

  #arguments(field: Parameters<typeof getArgumentValues>[0], node: FieldNode): Arguments {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, this.#costed.variables);
    } catch {
      // Such a field fails by itself when it is executed, before it costs anything.
      return {};
    }
  }

  #fields(set: SelectionSetNode, type: string): readonly FieldNode[] {
    if (isPlain(set)) return set.selections as readonly FieldNode[];
    const fields: FieldNode[] = [];
    this.#collect(set, type, fields, new Set());
    return fields;
  }

  #collect(set: SelectionSetNode, type: string, fields: FieldNode[], spread: Set<string>): void {
    for (const node of set.selections) {
      if (!this.#isIncluded(node)) continue;
      if (node.kind === Kind.FIELD) fields.push(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) {
        if (applies(node.typeCondition?.name.value, type)) this.#collect(node.selectionSet, type, fields, spread);
      } else if (!spread.has(node.name.value)) {
        spread.add(node.name.value);
        const fragment = this.#costed.fragments[node.name.value];
        if (fragment !== undefined && applies(fragment.typeCondition.name.value, type)) {
          this.#collect(fragment.selectionSet, type, fields, spread);
        }
      }
    }
  }

  #isIncluded(node: SelectionSetNode['selections'][number]): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    const { variables } = this.#costed;
    if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false;
  }
}

const plain = new WeakMap<SelectionSetNode, boolean>();

/** Whether a set has only fields that nothing skips or includes: remembered, as most sets are so and are walked again and again. */
function isPlain(set: SelectionSetNode): boolean {
  let known = plain.get(set);
  if (known === undefined) {
    known = set.selections.every(({ kind, directives = [] }) => kind === Kind.FIELD && directives.length === 0);
    plain.set(set, known);
  }
  return known;
}

const KEY = new Set(['__typename', 'id', 'accountId', 'regionId', 'instanceId']);

function named(given: Arguments): { key: string; region: string } {
  const region = `${given.accountId ?? ''}/${given.regionId}`;
  return { key: `${region}/${given.instanceId}`, region };
}

function countOf(given: Arguments, fallback = DEFAULT_COUNT): number {
  const count = given.first ?? given.last ?? fallback;
  return typeof count === 'number' && count >= 0 && count <= LARGEST_COUNT ? count : 0;
}

/** Undefined for a name that is not right: its field will say so, at no call. */
function idOf<Name>(read: (name: Name) => GlobalId, name: Name): GlobalId | undefined {
  try {
    return read(name);
  } catch {
    return undefined;
  }
}

function applies(typeCondition: string | undefined, type: string): boolean {
  return (
    typeCondition === undefined || typeCondition === type || typeCondition === 'Node' || typeCondition === '_Entity'
  );
}
