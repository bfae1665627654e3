import { describe, expect, it } from 'vitest';
import { codesIn, document, tableOf } from './markdown.ts';

describe('docs/dependencies.md', () => {
  it('has a reason for each package of production, and for none that is not there', () => {
    const { dependencies } = JSON.parse(document('package.json')) as { dependencies: Record<string, string> };
    const explained = tableOf(document('docs/dependencies.md'), 'package').flatMap(([names = '']) => codesIn(names));
    expect(explained.toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });
});
