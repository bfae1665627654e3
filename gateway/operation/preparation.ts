import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { fragmentsOf } from '../../execution/fragments.ts';
import { costOf } from '../../schema/cost.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { OperationParameters } from './decoded-request.ts';
import { exceededVariableLimit } from './document-limits.ts';
import type { CheckedDocument } from './documents.ts';
import type { DocumentText } from './persisted-documents.ts';
import { badRequestInput, documentLimitExceeded, isArgumentError, operationNotServed } from './request-errors.ts';
import type { RequestReport } from './request-report.ts';

/** What is to run, as far as it does not depend on who asks. */
export interface Prepared {
  documentHash: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Coerced. */
  variables: Record<string, unknown>;
  /** The most upstream calls that it can cost. */
  estimated: number;
}

export interface PreparationParts {
  configuration: Pick<Configuration, 'introspection' | 'limits'>;
  schema: GraphQLSchema;
  documentText: DocumentText;
  documents: (text: string) => CheckedDocument;
}

interface Asked {
  parameters: OperationParameters;
  byGet: boolean;
  /** Hears what is known of the operation, also when it may not run. */
  report: RequestReport;
}

/** Finds out what may run and what it can cost; or every reason why it may not. */
export type Prepare = (asked: Asked) => Prepared | { errors: readonly GraphQLError[] };

/** The result depends on the parameters alone, and is remembered by their object: the decoder returns the same one for the same body. */
export function createPreparation(parts: PreparationParts): Prepare {
  const remembered = new WeakMap<OperationParameters, Prepared>();
  return (asked) => {
    const { parameters, report } = asked;
    let prepared = remembered.get(parameters);
    if (prepared === undefined) {
      const fresh = prepare(parts, asked);
      if ('errors' in fresh) return fresh;
      remembered.set(parameters, fresh);
      prepared = fresh;
    }
    const { documentHash, operation, estimated } = prepared;
    report.documentHash = documentHash;
    report.operationName = operation.name?.value;
    report.operationType = operation.operation;
    report.estimated = estimated;
    return prepared;
  };
}

function prepare(
  { configuration, schema, documentText, documents }: PreparationParts,
  { parameters, byGet, report }: Asked,
): Prepared | { errors: readonly GraphQLError[] } {
  const found = documentText(parameters);
  if ('error' in found) return { errors: [found.error] };
  const checked = documents(found.text);
  report.documentHash = checked.hash;
  if ('errors' in checked) return checked;
  const { document, hash: documentHash } = checked;
  const operation = getOperationAST(document, parameters.operationName);
  if (!operation) {
    const expected = parameters.operationName
      ? 'the name of an operation of the document'
      : 'a name, as the document has several operations';
    return { errors: [badRequestInput(`operationName: expected ${expected}`)] };
  }
  report.operationName = operation.name?.value;
  report.operationType = operation.operation;
  if (!schema.getRootType(operation.operation)) return { errors: [operationNotServed(operation.operation, byGet)] };
  const given = parameters.variables ?? {};
  const exceeded = exceededVariableLimit(given, configuration.limits.document);
  if (exceeded !== undefined) return { errors: [documentLimitExceeded(exceeded)] };
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
    maxErrors: 20,
    hideSuggestions: !configuration.introspection,
  });
  if (coerced.errors !== undefined) {
    return { errors: coerced.errors.map((error) => badRequestInput(error.message, error)) };
  }
  const variables = coerced.coerced;
  try {
    const estimated = costOf({ schema, operation, fragments: fragmentsOf(document), variables });
    return { documentHash, document, operation, variables, estimated };
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    return { errors: [badRequestInput(error.message, error)] };
  }
}
