import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime, GraphQLSafeInt, GraphQLURL } from 'graphql-scalars';
import { builder } from './builder.ts';

// Rows hold instants and links as checked text already: serialising them again by way of Date and URL objects was a fifth of a warm read.
const text = (value: unknown) => String(value);

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType({
    ...GraphQLDateTime.toConfig(),
    name: 'DateTime',
    description:
      'A time as RFC 3339 defines it, such as `2024-01-10T17:21:25Z`. Answers are always in UTC, with `Z`. Arguments may have any offset.',
    serialize: text,
  }),
);

builder.addScalarType(
  'SafeInt',
  new GraphQLScalarType({
    ...GraphQLSafeInt.toConfig(),
    name: 'SafeInt',
    description:
      'A whole number up to 2^53 - 1, sent as a JSON number. Sizes in bytes need it: an `Int` has only 32 bits.',
  }),
);

builder.addScalarType(
  'URL',
  new GraphQLScalarType({
    ...GraphQLURL.toConfig(),
    name: 'URL',
    description: 'An absolute URL.',
    serialize: text,
  }),
);
