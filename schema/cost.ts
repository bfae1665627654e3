import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { lookupCalls } from '../resolvers/cluster-backups/lookup.ts';
import { costOfPage, type PageCost } from '../resolvers/cluster-backups/page-cost.ts';
import { checkedSpan, type Span } from '../resolvers/connection-arguments.ts';
import { decodeGlobalId, type GlobalId } from '../resolvers/global-id.ts';
import { costOfInstances, MAX_INSTANCE_IDS } from '../resolvers/instances/connection.ts';
import { selectedOf } from './cluster-backup-selection.ts';
import { readRepresentation } from './representation.ts';
import { Selection } from './selection.ts';

/** An operation whose cost is asked for: its variables are coerced already. */
export interface CostedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * The most upstream calls that an operation can make, retries apart, as long as the upstream behaves as it usually does: see `costOfPage`. Walks what
 * is selected, `@skip` and `@include` obeyed. Fields that share their calls by construction (the same page in several places, attributes of up to
 * 30 instances, backups of one instance by their ids) are counted once, as they cost.
 */
export function costOf(costed: CostedOperation): number {
  const walker = new CostWalker(costed);
  walker.root(costed.operation.selectionSet);
  return walker.total();
}

/** The instances a selection is about. */
interface Place {
  type: string;
  /** `account/region/instance`, or what stands for those of a list, which only an answer will name. */
  key: string;
  /** How many instances that are. */
  times: number;
  /** `account/region` */
  region: string;
  /** Attributes of these came with a list already. */
  listed: boolean;
  /** What has to be read before this: only what is asked for at the same time shares its calls. */
  after: string;
}

type Arguments = Readonly<Record<string, unknown>>;
type Below = (next: Partial<Place>) => void;

/** The cost is worked out before it is known who asks: as if everything were allowed. */
const ANYBODY = { allows: () => true };
const NOWHERE: Omit<Place, 'type'> = { key: '', times: 1, region: '', listed: false, after: '' };

class CostWalker {
  readonly #costed: CostedOperation;
  #calls = 0;
  #lists = 0;
  readonly #selected = new Map<string, WeakMap<SelectionSetNode, readonly FieldNode[]>>();
  /** Calls that several fields share, by what they have in common: the dearest of them is what they cost. */
  readonly #shared = new Map<string, number>();
  /** Keys of instances whose attributes are read together. */
  readonly #attributes = new Map<string, Set<string>>();
  /** Backups of an instance that are looked up together: their starts in seconds, 0 where not known, by id. */
  readonly #lookups = new Map<string, { times: number; starts: Map<string, number> }>();

  constructor(costed: CostedOperation) {
    this.#costed = costed;
  }

  root(set: SelectionSetNode): void {
    const type = this.#costed.operation.operation === 'subscription' ? 'Subscription' : 'Query';
    this.#walk(set, { ...NOWHERE, type });
  }

  total(): number {
    let calls = this.#calls;
    for (const shared of this.#shared.values()) calls += shared;
    for (const keys of this.#attributes.values()) calls += Math.ceil(keys.size / MAX_INSTANCE_IDS);
    for (const { times, starts } of this.#lookups.values()) calls += times * lookupCalls([...starts.values()]);
    return calls;
  }

  #walk(set: SelectionSetNode, place: Place): void {
    for (const node of this.#fields(set, place.type)) {
      // With nothing below it only an attribute of an instance can cost something.
      if (node.selectionSet !== undefined || place.type === 'Instance') this.#field(node, place);
    }
  }

  #field(node: FieldNode, place: Place): void {
    const type = this.#costed.schema.getType(place.type);
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined) return;
    const given = this.#arguments(field, node);
    // Such a field fails by itself when it is executed, before it costs anything.
    if (given === undefined) return;
    const below: Below = (next) => {
      if (node.selectionSet === undefined) return;
      this.#walk(node.selectionSet, { ...place, type: getNamedType(field.type).name, ...next });
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
        this.#lookUp({ ...place, ...named(given) }, String(given.clusterBackupId), 0, (next) =>
          below({ ...named(given), ...next }),
        );
        break;
      case 'Query.node':
        this.#nodes([given.id], decodeGlobalId, node, place);
        break;
      case 'Query.nodes':
        this.#nodes(given.ids as unknown[], decodeGlobalId, node, place);
        break;
      case 'Query._entities':
        this.#nodes(given.representations as unknown[], readRepresentation, node, place);
        break;
      case 'Instance.clusterBackups':
        this.#clusterBackups(given, node, place, below);
        break;
      case 'Instance.clusterBackup':
        this.#lookUp(place, String(given.clusterBackupId), 0, below);
        break;
      case 'Subscription.clusterBackupProgress':
        this.#calls += 1;
        below(named(given));
        break;
      default:
        if (place.type === 'Instance' && !KEY.has(node.name.value)) this.#attribute(place);
        below({});
        break;
    }
  }

  #instances(given: Arguments, below: Below): void {
    const span = spanOf(given);
    if (span === undefined) return;
    this.#calls += costOfInstances(span);
    this.#lists += 1;
    const name = `list ${this.#lists}`;
    if (span.count > 0) below({ key: name, times: span.count, listed: true, after: name });
  }

  #clusterBackups(given: Arguments, node: FieldNode, place: Place, below: Below): void {
    const span = spanOf(given);
    if (span === undefined || node.selectionSet === undefined) return;
    const selection = new Selection([node.selectionSet], this.#source);
    const cost = costOfPage({
      ...span,
      after: span.after !== undefined,
      before: span.before !== undefined,
      filtered: given.filter != null && Object.values(given.filter).some((value) => value != null),
      hasPreviousPage: selection.at('pageInfo').has('hasPreviousPage'),
      selection: selectedOf(selection, ANYBODY),
    });
    this.#page(cost, given, span, place);
    if (span.count > 0) below({ after: `${place.after}/${place.key} ${JSON.stringify(given)}` });
  }

  #page({ page, scan, own }: PageCost, given: Arguments, { after, before }: Span, { key, times, after: wave }: Place) {
    // Cursors pin their window, so that only the same ones are sure to mean the same.
    const window = JSON.stringify([key, given.startTime, given.endTime, after ?? null, before ?? null]);
    this.#calls += own * times;
    this.#share(`page ${wave} ${window}`, page * times);
    this.#share(`scan ${window}`, scan * times);
  }

  #attribute({ listed, after, region, key }: Place): void {
    if (listed) return;
    const name = `${after} ${region}`;
    this.#attributes.set(name, (this.#attributes.get(name) ?? new Set()).add(key));
  }

  #nodes<Name>(names: readonly unknown[], read: (name: Name) => GlobalId, node: FieldNode, place: Place): void {
    for (const name of names) {
      const id = idOf(read, name as Name);
      if (id !== undefined && node.selectionSet !== undefined) this.#node(id, node.selectionSet, place);
    }
  }

  #node(id: GlobalId, set: SelectionSetNode, { after }: Place): void {
    const region = `${id.accountId}/${id.regionId}`;
    const place = { ...NOWHERE, type: id.type, key: `${region}/${id.instanceId}`, region, after };
    if (id.type === 'Instance') this.#walk(set, place);
    else this.#lookUp(place, id.clusterBackupId, id.startTime, (next) => this.#walk(set, { ...place, ...next }));
  }

  #lookUp({ after, key, times }: Place, clusterBackupId: string, startTime: number, below: Below): void {
    const name = `${after}/${key}`;
    const lookups = this.#lookups.get(name) ?? { times, starts: new Map<string, number>() };
    this.#lookups.set(name, lookups);
    lookups.starts.set(`${clusterBackupId} ${startTime}`, startTime);
    below({ after: `${name} by id` });
  }

  #share(name: string, calls: number): void {
    this.#shared.set(name, Math.max(this.#shared.get(name) ?? 0, calls));
  }

  /** Undefined where they are not right. */
  #arguments(field: Parameters<typeof getArgumentValues>[0], node: FieldNode): Arguments | undefined {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, this.#costed.variables);
    } catch {
      return undefined;
    }
  }

  get #source() {
    return { fragments: this.#costed.fragments, variableValues: this.#costed.variables };
  }

  /** The fields that are selected of a type: remembered, as some selections are walked for each of a hundred ids. */
  #fields(set: SelectionSetNode, type: string): readonly FieldNode[] {
    const known = this.#selected.get(type) ?? new WeakMap<SelectionSetNode, readonly FieldNode[]>();
    this.#selected.set(type, known);
    const fields = known.get(set) ?? new Selection([set], this.#source, new Set([type, 'Node', '_Entity'])).nodes();
    known.set(set, fields);
    return fields;
  }
}

const KEY = new Set(['__typename', 'id', 'accountId', 'regionId', 'instanceId']);

function named(given: Arguments): { key: string; region: string } {
  const region = `${given.accountId ?? ''}/${given.regionId}`;
  return { key: `${region}/${given.instanceId}`, region };
}

/** Undefined for arguments that are not right: their field will say so, at no call. */
function spanOf(given: Arguments): Span | undefined {
  try {
    return checkedSpan(given);
  } catch {
    return undefined;
  }
}

/** Undefined for a name that is not right: its field will say so, at no call. */
function idOf<Name>(read: (name: Name) => GlobalId, name: Name): GlobalId | undefined {
  try {
    return read(name);
  } catch {
    return undefined;
  }
}
