import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { GraphiQLOptions } from 'graphql-yoga';
import { acceptsGzip } from './accepts-gzip.ts';
import { pageHeaders } from './page-headers.ts';

/** Answers a request with GraphiQL. */
export type GraphiQLPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const gzipped = promisify(gzip);

/** GraphiQL, whole and without a network: nine megabytes, so made and compressed once, by the first who asks for it. */
export function createGraphiQLPage(options: GraphiQLOptions): GraphiQLPage {
  let rendering: ReturnType<typeof render> | undefined;
  return async (request, response) => {
    rendering ??= render(options);
    const { html, compressed, headers } = await rendering;
    const compresses = acceptsGzip(request.headers['accept-encoding']);
    const body = compresses ? compressed : html;
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      ...(compresses && { 'content-encoding': 'gzip' }),
      vary: 'Authorization, Origin, Accept, Accept-Encoding',
    });
    response.end(body);
  };
}

/** GraphiQL takes the tabs that it starts with to stand elsewhere, and moves them away from under the pointer when they are pressed. */
const STYLE = '<style>.graphiql-tab { transform: none !important }</style>';

async function render(options: GraphiQLOptions) {
  // Nine megabytes that a gateway without GraphiQL has no use for.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const text = renderGraphiQL(options).replace('</head>', `${STYLE}</head>`);
  const html = Buffer.from(text.trimStart());
  return { html, compressed: await gzipped(html), headers: headersFor(text) };
}

/** Its script runs by its digest, its editor's workers are blobs of that script, and its styles are written as it runs. */
function headersFor(html: string): Readonly<Record<string, string>> {
  return pageHeaders(
    `script-src ${scriptsOf(html).map(sourceOf).join(' ')}`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    'img-src data:',
    'font-src data:',
  );
}

function scriptsOf(html: string): string[] {
  return [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => script);
}

function sourceOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
