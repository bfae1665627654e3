import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const all = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const files = all.filter((path) => path.endsWith('.md'));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files of the repository that a document links to, with the anchor. */
const targetsOf = (path: string) =>
  linksOf(read(path))
    .filter((link) => !/^https?:/.test(link))
    .map((link) => {
      const [target = '', anchor] = link.split('#', 2);
      return { link, target: target === '' ? path : normalize(join(dirname(path), target)), anchor };
    });

describe('documents', () => {
  it.each(files)('%s links to what is there', (path) => {
    const broken = targetsOf(path).filter(({ target, anchor }) => {
      if (target.startsWith('..') || !existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
    });
    expect(broken.map(({ link }) => link)).toEqual([]);
  });

  it('are all found by following links from the README', () => {
    const found = new Set<string>();
    const left = ['README.md'];
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (found.has(path)) continue;
      found.add(path);
      for (const { target } of targetsOf(path)) {
        // A folder stands for what is in it.
        left.push(
          ...files.filter(
            (file) =>
              file === target || (!target.endsWith('.md') && dirname(file) === normalize(target).replace(/\/$/, '')),
          ),
        );
      }
    }
    expect(files.filter((file) => !found.has(file))).toEqual([]);
  });

  it.each(files)('%s names files that are there', (path) => {
    const named = read(path).matchAll(/`([\w./-]+\.(?:tsx?|graphql|css))`/g);
    const missing = Array.from(named, ([, name = '']) => name).filter(
      (name) => !all.some((file) => file === name || file.endsWith(`/${name.replace(/^(\.\.?\/)+/, '')}`)),
    );
    expect(missing).toEqual([]);
  });
});
