import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Types and documents for clients of the gateway: the console, and whatever takes its documents from `console/`. The result
 * also holds `persisted-documents.json`, which `PERSISTED_DOCUMENTS` takes.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['console/**/*.graphql', '!console/{dist,generated}/**'],
  importExtension: '.ts',
  generates: {
    'console/generated/': {
      preset: 'client',
      presetConfig: {
        persistedDocuments: { hashAlgorithm: 'sha256' },
        fragmentMasking: false,
      },
      config: {
        scalars: { ID: 'string', DateTime: 'string', SafeInt: 'number', URL: 'string' },
        strictScalars: true,
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
