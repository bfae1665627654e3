import {
  type DocumentNode,
  GraphQLError,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'graphql';
import { type Fragments, fragmentsOf } from '../../execution/fragments.ts';
import type { DocumentLimits } from '../configuration/limits.ts';

/** A limit that a document is over, or the subscription that would be one too many. */
export interface ExceededLimit {
  name: keyof DocumentLimits | 'subscriptions';
  limit: number;
  value: number;
}

/**
 * The first limit that a valid document is over. Fragments count each time they are spread, yet are walked once, so that a document which
 * spreads fragments in fragments takes no longer than its length.
 */
export function exceededLimit(document: DocumentNode, limits: DocumentLimits): ExceededLimit | undefined {
  const measure = measurer(fragmentsOf(document));
  const operations = document.definitions.filter(isOperation).map(({ selectionSet }) => measure(selectionSet));
  const most = (of: (size: Size) => number) => Math.max(0, ...operations.map(of));
  const measured = {
    depth: most(({ depth }) => depth),
    introspectionDepth: most(({ introspectionDepth }) => introspectionDepth),
    aliases: most(({ aliases }) => aliases),
    rootFields: most(({ ownFields }) => ownFields),
    fields: most(({ fields }) => fields),
    ...countWritten(document),
  };
  for (const [name, value] of Object.entries(measured) as [keyof typeof measured, number][]) {
    if (value > limits[name]) return { name, limit: limits[name], value: Math.min(value, Number.MAX_SAFE_INTEGER) };
  }
  return undefined;
}

/** The longest list anywhere in the variables, if it is too long; walks without recursion, whatever the nesting. */
export function exceededVariableLimit(
  variables: Readonly<Record<string, unknown>>,
  { listItems: limit }: Pick<DocumentLimits, 'listItems'>,
): ExceededLimit | undefined {
  const left: unknown[] = Object.values(variables);
  let longest = 0;
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) longest = Math.max(longest, value.length);
    for (const item of Object.values(value)) left.push(item);
  }
  return longest > limit ? { name: 'listItems', limit, value: longest } : undefined;
}

/**
 * The first limit that a text is over before it is parsed: parsing, and every walk over what comes of it, goes as deep as its brackets. A text that
 * cannot be read is left to the parser to refuse.
 */
export function exceededTextLimit(text: string, limits: DocumentLimits): ExceededLimit | undefined {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let nesting = 0;
  let deepest = 0;
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; kind = lexer.advance().kind) {
      tokens += 1;
      if (OPENING.has(kind)) deepest = Math.max(deepest, ++nesting);
      else if (CLOSING.has(kind)) nesting -= 1;
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  if (tokens > limits.tokens) return { name: 'tokens', limit: limits.tokens, value: tokens };
  if (deepest > limits.nesting) return { name: 'nesting', limit: limits.nesting, value: deepest };
  return undefined;
}

const OPENING = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** What a selection set holds, with all that is below it. */
interface Size {
  depth: number;
  introspectionDepth: number;
  aliases: number;
  /** Fields of the selection set itself. */
  ownFields: number;
  /** Those and all below them. */
  fields: number;
}

/** Measures selection sets. Fragments in fragments may multiply a number until it is infinite, which is over every limit too. */
function measurer(fragments: Fragments): (set: SelectionSetNode) => Size {
  const known = new Map<SelectionSetNode, Size>();
  const measure = (set: SelectionSetNode): Size => {
    const done = known.get(set);
    if (done !== undefined) return done;
    const size: Size = { depth: 0, introspectionDepth: 0, aliases: 0, ownFields: 0, fields: 0 };
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
        size.ownFields += 1;
        size.fields += (below?.fields ?? 0) + 1;
      } else {
        const target = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
        if (target === undefined) continue;
        const inside = measure(target.selectionSet);
        size.depth = Math.max(size.depth, inside.depth);
        size.introspectionDepth = Math.max(size.introspectionDepth, inside.introspectionDepth);
        size.aliases += inside.aliases;
        size.ownFields += inside.ownFields;
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
