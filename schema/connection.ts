import type { ObjectRef } from '@pothos/core';
import type { Answer } from '../upstream/rkvstore.ts';
import { builder } from './builder.ts';
import { noted } from './staleness.ts';

/** What every page can say of its neighbours; each part is worked out only when it is selected. */
export interface Page {
  /** How many rows the page has. */
  readonly size: number;
  cursor(index: number): string;
  /** A promise where only another read can tell. */
  hasNextPage(): boolean | Promise<Answer<boolean>>;
  hasPreviousPage(): boolean | Promise<Answer<boolean>>;
}

/** A page whose nodes are of one type. */
export interface PageOf<Node> extends Page {
  readonly nodes: readonly Node[];
}

interface Edge<Node> {
  readonly node: Node;
  readonly page: Page;
  readonly index: number;
}

export const PageInfo = builder.objectRef<Page>('PageInfo').implement({
  description: 'What comes before and after a page, as the Relay Cursor Connections specification defines it.',
  // Every Relay schema has this type; without it no two of them compose.
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.boolean({
      nullable: false,
      description: 'Whether there are more items after this page.',
      resolve: (page, _args, context, info) => noted(page.hasNextPage(), context, info),
    }),
    hasPreviousPage: t.boolean({
      nullable: false,
      description: 'Whether there are more items before this page.',
      resolve: (page, _args, context, info) => noted(page.hasPreviousPage(), context, info),
    }),
    startCursor: t.string({
      description:
        'The cursor of the first item: pass it as `before`, with `last`, to read the previous page. Null when the page is empty.',
      resolve: (page) => (page.size === 0 ? null : page.cursor(0)),
    }),
    endCursor: t.string({
      description:
        'The cursor of the last item: pass it as `after` to read the next page. Null when the page is empty.',
      resolve: (page) => (page.size === 0 ? null : page.cursor(page.size - 1)),
    }),
  }),
});

/** Descriptions of Relay's four arguments, for a connection of these things. */
export function connectionArguments(of: string, order: string) {
  return {
    first: `Return at most this many ${of}, from the start (${order}): 0 to 300.`,
    after: `Return only ${of} after this cursor.`,
    last: `Return at most this many ${of}, from the end: 0 to 300. Cannot be combined with \`first\`.`,
    before: `Return only ${of} before this cursor.`,
  };
}

type BuilderTypes = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Types> ? Types : never;

/** What a connection is of: `cluster backup`, with its plural. */
interface Noun {
  one: string;
  many: string;
}

/** The edge type of a connection, and the three fields that every connection has. */
export function connectionOf<Node extends object>(
  name: string,
  node: ObjectRef<BuilderTypes, Node>,
  { one, many }: Noun,
) {
  const edge = builder.objectRef<Edge<Node>>(`${name}Edge`).implement({
    description: `One ${one} of a page, with its cursor.`,
    fields: (t) => ({
      cursor: t.string({
        nullable: false,
        description: 'The position of this item: pass it as `after` or `before`.',
        resolve: ({ page, index }) => page.cursor(index),
      }),
      node: t.field({ type: node, nullable: false, description: `The ${one}.`, resolve: (edge) => edge.node as never }),
    }),
  });
  return {
    edges: {
      type: [edge] as [typeof edge],
      nullable: false as const,
      description: `The ${many} of this page, each with its cursor.`,
      resolve: (page: PageOf<Node>) => page.nodes.map((of, index) => ({ node: of, page, index })),
    },
    nodes: {
      type: [node] as [typeof node],
      nullable: false as const,
      description: `The ${many} of this page, without cursors.`,
      resolve: (page: PageOf<Node>) => page.nodes as never,
    },
    pageInfo: {
      type: PageInfo,
      nullable: false as const,
      description: 'Whether there are more pages, and the cursors to read them with.',
      resolve: (page: Page) => page,
    },
  };
}
