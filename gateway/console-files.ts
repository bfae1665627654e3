import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { send } from './answer.ts';
import { pageHeaders } from './page-headers.ts';

interface StaticFile {
  body: Buffer;
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
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
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
export type ConsoleFiles = (path: string, response: ServerResponse) => boolean;

/** The files under a folder, read once: they are few, and nothing outside of it can be asked for. */
export function createConsoleFiles(folder: string): ConsoleFiles {
  const files = readFiles(folder);
  return (path, response) => {
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file === undefined) {
      if (path !== '/') return false;
      send(
        response,
        200,
        { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
        NOT_BUILT,
      );
      return true;
    }
    const caching = file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache';
    response.writeHead(200, {
      ...HEADERS,
      'content-type': file.type,
      'content-length': file.body.length,
      'cache-control': caching,
      etag: file.etag,
    });
    response.end(file.body);
    return true;
  };
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
    files.set(path, { body, type, etag, immutable: path.startsWith('/assets/') });
  }
  return files;
}
