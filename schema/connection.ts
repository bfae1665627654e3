import { builder } from './builder.ts';

/** What every page can say of its neighbours; each part is worked out only when it is selected. */
export interface Page {
  /** How many rows the page has. */
  readonly size: number;
  cursor(index: number): string;
  hasNextPage(): boolean | Promise<boolean>;
  hasPreviousPage(): boolean | Promise<boolean>;
}

/** An edge of a page: a node, and its place. */
export interface Edge<Node> {
  readonly node: Node;
  readonly page: Page;
  readonly index: number;
}

/** The edges of a page whose nodes are these. */
export function edgesOf<Node>(page: Page, nodes: readonly Node[]): Edge<Node>[] {
  return nodes.map((node, index) => ({ node, page, index }));
}

export const PageInfo = builder.objectRef<Page>('PageInfo').implement({
  description: 'Where a page stands among the others, after the Relay Cursor Connections specification.',
  // Every Relay schema has this type; without it no two of them compose.
  shareable: true,
  fields: (t) => ({
    hasNextPage: t.boolean({
      nullable: false,
      description: 'Whether anything follows this page.',
      resolve: (page) => page.hasNextPage(),
    }),
    hasPreviousPage: t.boolean({
      nullable: false,
      description: 'Whether anything precedes this page.',
      resolve: (page) => page.hasPreviousPage(),
    }),
    startCursor: t.string({
      description:
        'The cursor of the first edge: pass it as `before` to read the previous page. Null for an empty page.',
      resolve: (page) => (page.size === 0 ? null : page.cursor(0)),
    }),
    endCursor: t.string({
      description: 'The cursor of the last edge: pass it as `after` to read the next page. Null for an empty page.',
      resolve: (page) => (page.size === 0 ? null : page.cursor(page.size - 1)),
    }),
  }),
});

/** Descriptions of Relay's four arguments, for a connection of these things. */
export function connectionArguments(of: string, order: string) {
  return {
    first: `How many ${of} to read from the start, ${order}: 0 to 300.`,
    after: 'Read what follows this cursor.',
    last: `How many ${of} to read from the end: 0 to 300. Not together with \`first\`.`,
    before: 'Read what precedes this cursor.',
  };
}
