import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { createSchema, printClientSchema, printSubgraph } from '../../schema/index.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

it('is committed as it is in the code', () => {
  expect(read('schema.graphql')).toBe(printClientSchema());
  expect(read('subgraph.graphql')).toBe(printSubgraph());
});

it.each([
  ['for clients', () => buildSchema(printClientSchema())],
  ['that is served, federation included,', createSchema],
])('%s describes every type, field, argument, enum value and input', (_, schema) => {
  const missing: string[] = [];
  for (const type of Object.values(schema().getTypeMap())) {
    if (type.name.startsWith('__') || ['Boolean', 'Int', 'Float', 'String', 'ID'].includes(type.name)) continue;
    if (!type.description) missing.push(type.name);
    if (isEnumType(type))
      for (const value of type.getValues()) if (!value.description) missing.push(`${type.name}.${value.name}`);
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (!field.description) missing.push(`${type.name}.${field.name}`);
        if ('args' in field)
          for (const argument of field.args)
            if (!argument.description) missing.push(`${type.name}.${field.name}(${argument.name})`);
      }
    }
  }
  expect(missing).toEqual([]);
});
