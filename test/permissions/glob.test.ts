import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../permissions/glob.ts';

describe('a pattern', () => {
  it.each([
    ['*', '', true],
    ['*', 'acs:kvstore:cn-hangzhou:1:instance/r-1', true],
    ['', '', true],
    ['', 'a', false],
    ['acs:kvstore:*', 'acs:kvstore:', true],
    ['acs:kvstore:*', 'acs:kvstore', false],
    ['acs:*:instance/r-1', 'acs:kvstore:cn-hangzhou:1:instance/r-1', true],
    ['acs:*/r-1', 'acs:kvstore:cn-hangzhou:1:instance/a/r-1', true],
    ['*r-1', 'instance/r-1', true],
    ['*r-1', 'instance/r-10', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['a**b', 'ab', true],
    ['a?b', 'ab', false],
    ['a?b', 'axb', true],
    ['a?b', 'axxb', false],
    ['a?b', 'a😀b', true],
    ['a??b', 'a😀b', false],
    ['?', '😀', true],
    ['?*', '', false],
    ['*?', '😀', true],
    ['*?*?*', 'a', false],
    ['*?*?*', 'ab', true],
    ['*b?d*', 'abxbcde', true],
    ['*.rdb', 'hins1_data.rdb', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
    ['a\nb*', 'a\nbc', true],
    ['a*c', 'a\nb\nc', true],
    ['Instance/*', 'instance/r-1', false],
  ])('%j matches %j: %j', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('answers like a matcher that tries everything', () => {
    const character = fc.constantFrom('a', 'b', 'A', ':', '/', '😀');
    const text = fc.array(character, { maxLength: 9 }).map((characters) => characters.join(''));
    const pattern = fc
      .array(fc.oneof(character, fc.constantFrom('*', '?')), { maxLength: 8 })
      .map((characters) => characters.join(''));
    let matched = 0;
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const expected = matchesByTrying([...pattern], [...text]);
        matched += Number(expected);
        expect(compileGlob(pattern)(text)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(1_000);
  });

  it('matches the text that it was made from by putting wildcards in', () => {
    const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    const choice = fc.constantFrom<(character: string) => string>(
      (character) => character,
      (character) => character,
      () => '?',
      () => '*',
      (character) => `*${character}`,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(character, choice), { maxLength: 30 }), (characters) => {
        const text = characters.map(([character]) => character).join('');
        const pattern = characters.map(([character, choose]) => choose(character)).join('');
        expect(compileGlob(pattern)(text)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  const many = 'a'.repeat(100_000);
  it.each([
    [`${'*a'.repeat(1_000)}*b`, many],
    [`${'*a?'.repeat(1_000)}*b`, many],
    [`${'?'.repeat(1_000)}*b`, many],
    [`*${'?'.repeat(200)}b*`, many],
    [`${'a*'.repeat(1_000)}b*a`, many],
    [`${'*'.repeat(2_000)}b`, many],
  ])('takes no more than the length of the text times its own (worst case %#)', (pattern, text) => {
    const started = performance.now();
    expect(compileGlob(pattern)(text)).toBe(false);
    // A matcher that backtracks would not end within the age of the universe.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

function matchesByTrying(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return matchesByTrying(rest, text) || (text.length > 0 && matchesByTrying(pattern, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && matchesByTrying(rest, text.slice(1));
}
