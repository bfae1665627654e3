import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** The most that one document may hold. Published in the documentation and in every refusal. */
export const DOCUMENT_LIMITS = {
  tokens: 2_000,
  /** Of fields; those below an introspection field apart. */
  depth: 12,
  introspectionDepth: 20,
  aliases: 100,
  directives: 50,
  rootFields: 100,
  /** Items of any list in arguments, written in the document or given as a variable. */
  listItems: 100,
  /** Of one principal at the same time, in each process. */
  subscriptions: 20,
} as const;

/** A limit that a document is over. */
export interface ExceededLimit {
  name: keyof typeof DOCUMENT_LIMITS;
  limit: number;
  value: number;
}

/**
 * The first limit that a valid document is over. Fragments count each time they are spread, yet are walked once, so that a document which
 * spreads fragments in fragments takes no longer than its length.
 */
export function exceededLimit(document: DocumentNode): ExceededLimit | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measure = measurer(fragments);
  const { directives, listItems } = countWritten(document);
  const measured = document.definitions.filter(isOperation).map(({ selectionSet }) => measure(selectionSet));
  const most = (of: (size: Size) => number) => Math.max(0, ...measured.map(of));
  return [
    over(
      'depth',
      most(({ depth }) => depth),
    ),
    over(
      'introspectionDepth',
      most(({ introspectionDepth }) => introspectionDepth),
    ),
    over(
      'aliases',
      most(({ aliases }) => aliases),
    ),
    over(
      'rootFields',
      most(({ fields }) => fields),
    ),
    over('directives', directives),
    over('listItems', listItems),
  ].find((exceeded) => exceeded !== undefined);
}

/** The longest list anywhere in the variables; walks without recursion, whatever the nesting. */
export function exceededVariableLimit(variables: Readonly<Record<string, unknown>>): ExceededLimit | undefined {
  const left: unknown[] = Object.values(variables);
  let longest = 0;
  for (let value = left.pop(); value !== undefined || left.length > 0; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) longest = Math.max(longest, value.length);
    for (const item of Object.values(value)) left.push(item);
  }
  return over('listItems', longest);
}

/** Refuses a document with more tokens than the parser may read; how many more is not counted. */
export function exceededTokens(): ExceededLimit {
  return { name: 'tokens', limit: DOCUMENT_LIMITS.tokens, value: DOCUMENT_LIMITS.tokens + 1 };
}

function over(name: keyof typeof DOCUMENT_LIMITS, value: number): ExceededLimit | undefined {
  const limit = DOCUMENT_LIMITS[name];
  return value > limit ? { name, limit, value } : undefined;
}

interface Size {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  /** Fields of the selection set itself. */
  fields: number;
}

function measurer(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (set: SelectionSetNode) => Size {
  const known = new Map<SelectionSetNode, Size>();
  const measure = (set: SelectionSetNode): Size => {
    const done = known.get(set);
    if (done !== undefined) return done;
    const size: Size = { depth: 0, introspectionDepth: 0, aliases: 0, fields: 0 };
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        const below = node.selectionSet === undefined ? undefined : measure(node.selectionSet);
        const introspects = node.name.value.startsWith('__');
        const depth = (below?.depth ?? 0) + 1;
        if (!introspects) size.depth = Math.max(size.depth, depth);
        size.introspectionDepth = Math.max(
          size.introspectionDepth,
          introspects ? depth : (below?.introspectionDepth ?? 0),
        );
        size.aliases += (below?.aliases ?? 0) + (node.alias === undefined ? 0 : 1);
        size.fields += 1;
      } else {
        const target = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
        if (target === undefined) continue;
        const inside = measure(target.selectionSet);
        size.depth = Math.max(size.depth, inside.depth);
        size.introspectionDepth = Math.max(size.introspectionDepth, inside.introspectionDepth);
        size.aliases += inside.aliases;
        size.fields += inside.fields;
      }
    }
    known.set(set, size);
    return size;
  };
  return measure;
}

function countWritten(document: DocumentNode): { directives: number; listItems: number } {
  let directives = 0;
  let listItems = 0;
  visit(document, {
    Directive() {
      directives += 1;
    },
    ListValue({ values }) {
      listItems = Math.max(listItems, values.length);
    },
  });
  return { directives, listItems };
}

function isOperation(definition: DocumentNode['definitions'][number]): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION;
}
