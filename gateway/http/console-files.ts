import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { acceptsGzip } from './accepts-gzip.ts';
import { send } from './answer.ts';
import { pageHeaders } from './page-headers.ts';

interface StaticFile {
  body: Buffer;
  /** Made when it is first asked for; null where it would not be smaller. */
  gzipped: Buffer | null | undefined;
  type: string;
  etag: string;
  /** Built files carry a hash in their names, so they never change. */
  immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.ico': 'image/x-icon',
};

const HEADERS = pageHeaders(
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
);

const NOT_BUILT = `<!doctype html>
<html lang="en">
<title>kvstore-gateway</title>
<h1>kvstore-gateway</h1>
<p>The console is not built. Run <code>npm run build:console</code>, then start again.</p>
<p>The API is at <a href="/graphql">/graphql</a>.</p>
</html>
`;

/** Answers requests for the console's files; false for a path that is none of them. */
export type ConsoleFiles = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/** The files under a folder, read once: they are few, and nothing outside of it can be asked for. */
export function createConsoleFiles(folder: string): ConsoleFiles {
  const files = readFiles(folder);
  return (path, request, response) => {
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file !== undefined) sendFile(file, request, response);
    else if (path === '/')
      send(
        response,
        200,
        { ...HEADERS, 'content-type': TYPES['.html'] as string, 'cache-control': 'no-cache' },
        NOT_BUILT,
      );
    else return false;
    return true;
  };
}

function sendFile(file: StaticFile, { headers }: IncomingMessage, response: ServerResponse): void {
  const { type, etag, immutable } = file;
  const caching = immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
  const common = { ...HEADERS, 'cache-control': caching, etag, vary: 'accept-encoding' };
  if (headers['if-none-match'] === etag) {
    response.writeHead(304, common).end();
    return;
  }
  const gzipped = acceptsGzip(headers['accept-encoding']) ? gzippedOf(file) : null;
  const body = gzipped ?? file.body;
  response.writeHead(200, {
    ...common,
    'content-type': type,
    'content-length': body.length,
    ...(gzipped === null ? {} : { 'content-encoding': 'gzip' }),
  });
  response.end(body);
}

function gzippedOf(file: StaticFile): Buffer | null {
  if (file.gzipped === undefined) {
    const gzipped = gzipSync(file.body, { level: 9 });
    file.gzipped = gzipped.length < file.body.length ? gzipped : null;
  }
  return file.gzipped;
}

function readFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return files;
  }
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    const path = `/${relative('.', name).split(sep).join('/')}`;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    files.set(path, { body, gzipped: undefined, type, etag, immutable: path.startsWith('/assets/') });
  }
  return files;
}
