import graphql from '@graphql-eslint/eslint-plugin';

// Only for schema.graphql; TypeScript is biome's.
const recommended = graphql.configs['flat/schema-recommended'].rules;
const relay = graphql.configs['flat/schema-relay'].rules;

export default [
  {
    files: ['schema.graphql'],
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: './schema.graphql' } },
    },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...recommended,
      ...relay,
      '@graphql-eslint/require-deprecation-date': 'error',
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      // What has an id can be found again by `node`; these are parts of something else.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            types: ['PageInfo', 'PermissionDecision', 'Region', 'Tag', 'Viewer'],
            suffixes: ['Connection', 'Edge'],
          },
        },
      ],
      // Connections list their nodes beside their edges, as GitHub's do.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
      ],
      // `Instance.instanceId` and `Region.regionId` are the upstream's names, and `id` is the global id.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
];
