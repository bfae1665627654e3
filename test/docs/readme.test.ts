import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { variables } from '../../gateway/configuration/configuration.ts';
import { limitVariables } from '../../gateway/configuration/limits.ts';
import { ERROR_CODES } from '../../gateway/operation/request-errors.ts';
import { type RunningGateway, runGateway } from '../end-to-end/running-gateway.ts';
import { blocksOf, codesIn, document, tableOf } from './markdown.ts';

const readme = document('README.md');
/** Read by all of Node's world and named where they matter, or with a page of their own. */
const ELSEWHERE = new Set(['NODE_ENV', ...Object.keys(limitVariables)]);

describe('the README', () => {
  const rows = tableOf(readme, 'variable').map(([names = '', value = '', meaning = '']) => ({
    names: codesIn(names),
    value,
    meaning,
  }));

  it('names every variable, and none that is not read', () => {
    const known = Object.keys(variables.shape).filter((name) => !ELSEWHERE.has(name));
    expect(new Set(rows.flatMap(({ names }) => names).filter((name) => !ELSEWHERE.has(name)))).toEqual(new Set(known));
  });

  it.each(rows.filter(({ value }) => value.startsWith('`') && !/sandbox|official/.test(value)))(
    'gives the defaults of $names as they are',
    ({ names, value }) => {
      const defaults = names.map((name) => variables.shape[name as keyof typeof variables.shape].parse(undefined));
      expect(codesIn(value)).toEqual(defaults.map(String));
    },
  );

  it('gives no default to what has none', () => {
    for (const { names } of rows.filter(({ value }) => /^(none|off|not checked)$/.test(value))) {
      for (const name of names) {
        const schema: z.ZodType = variables.shape[name as keyof typeof variables.shape];
        expect([undefined, []], name).toContainEqual(schema.parse(undefined));
      }
    }
  });

  it('explains every error code, and none that is never sent', () => {
    expect(tableOf(readme, 'code').flatMap(([codes = '']) => codesIn(codes))).toEqual(
      expect.arrayContaining([...ERROR_CODES]),
    );
    expect(ERROR_CODES).toHaveLength(tableOf(readme, 'code').flatMap(([codes = '']) => codesIn(codes)).length);
  });

  it('gives the limits as they are', () => {
    for (const [limit, byDefault, variable = ''] of tableOf(readme, 'limit')) {
      const [name = ''] = codesIn(variable);
      const schema: z.ZodType = variables.shape[name as keyof typeof variables.shape];
      expect(schema.parse(undefined), limit).toBe(Number(byDefault));
    }
  });

  it('names scripts that are there', () => {
    const { scripts } = JSON.parse(document('package.json')) as { scripts: Record<string, string> };
    for (const page of ['README.md', 'CONTRIBUTING.md']) {
      const named = Array.from(
        document(page).matchAll(/npm (?:run )?(start|test|[\w:]+)\b/g),
        ([whole, name = '']) => ({
          whole,
          name,
        }),
      ).filter(({ whole, name }) => whole.startsWith('npm run') || name === 'start' || name === 'test');
      expect(named.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
    }
  });
});

describe('the query of the README', () => {
  const [query = ''] = blocksOf(readme, 'graphql');
  const [answer = ''] = blocksOf(readme, 'json');
  let running: RunningGateway;
  beforeAll(async () => {
    running = await runGateway();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  /** A value with what the clock moves taken out of it. */
  const form = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(form);
    if (typeof value !== 'object' || value === null) return typeof value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, form(inner)]));
  };

  it('runs on the sandbox, and answers in the form that is printed', async () => {
    expect(parse(query)).toBeDefined();
    const { body } = await running.ask(query);
    expect(form(body)).toEqual(form(JSON.parse(answer)));
    expect(body).toMatchObject({ data: { instance: { name: 'orders-cluster' } } });
  });
});
