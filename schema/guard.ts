import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { DESCRIBE_CLUSTER_BACKUP_LIST, DESCRIBE_INSTANCES } from '../permissions/kvstore.ts';
import { Unauthenticated } from './access-errors.ts';
import { AdmittedClusterBackup, AdmittedShardBackup, KeyedInstance } from './admission.ts';
import { andThen } from './and-then.ts';
import { ClusterBackupConnectionPage } from './cluster-backup-connection.ts';
import type { Context } from './context.ts';
import { accessTo, type InstanceAccess } from './instance-access.ts';

type Resolver = GraphQLFieldResolver<unknown, Context>;
type Guard = (resolve: Resolver, field: string) => Resolver;

/**
 * Puts the checks around the fields of a finished schema: every field of a guarded type that is not listed here as open is checked, so
 * that a field which is added later is checked without anybody thinking of it.
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    const rule = ruleOf(type, schema);
    if (rule === undefined) continue;
    for (const field of Object.values(type.getFields())) {
      if (!rule.open.includes(field.name)) guardField(field, rule.guard, `${type.name}.${field.name}`);
    }
  }
  return schema;
}

interface Rule {
  /** Fields that need no check, or check for themselves. */
  open: readonly string[];
  guard: Guard;
}

const KEY = ['id', 'accountId', 'regionId', 'instanceId'];
/** These ask for the access themselves, with their own name, before they read. */
const BACKUPS = ['clusterBackups', 'clusterBackup'];

function ruleOf(type: GraphQLObjectType, schema: GraphQLSchema): Rule | undefined {
  if (type === schema.getQueryType()) return { open: ['viewer', '_service'], guard: signedIn };
  if (type === schema.getSubscriptionType()) return { open: [], guard: signedIn };
  switch (type.name) {
    case '_Service':
      return { open: [], guard: schemaReader };
    case 'Instance':
      return { open: [...KEY, ...BACKUPS], guard: instanceAttribute };
    case 'ClusterBackup':
      return {
        open: ['id'],
        guard: admitted((backup) => (backup instanceof AdmittedClusterBackup ? backup.access : undefined)),
      };
    case 'ShardBackup':
      return {
        open: ['id'],
        guard: admitted((shard) => (shard instanceof AdmittedShardBackup ? shard.clusterBackup.access : undefined)),
      };
    case 'ClusterBackupConnection':
      return {
        open: ['edges', 'nodes', 'pageInfo'],
        guard: admitted((page) => (page instanceof ClusterBackupConnectionPage ? page.access : undefined)),
      };
    default:
      return undefined;
  }
}

function guardField(field: GraphQLField<unknown, Context>, guard: Guard, name: string): void {
  if (field.subscribe !== undefined) field.subscribe = guard(field.subscribe, name);
  else field.resolve = guard(field.resolve ?? defaultFieldResolver, name);
}

const signedIn: Guard = (resolve) => (source, args, context, info) => {
  if (context.principal.subject === null) throw new Unauthenticated();
  return resolve(source, args, context, info);
};

const schemaReader: Guard = (resolve) => (source, args, context, info) => {
  if (!context.introspection && context.principal.subject === null) throw new Unauthenticated();
  return resolve(source, args, context, info);
};

const instanceAttribute: Guard = (resolve, field) => (source, args, context, info) => {
  if (!(source instanceof KeyedInstance)) throw new TypeError(`${field}: not an instance by its key`);
  return andThen(accessTo(context, source, DESCRIBE_INSTANCES), (access) => {
    access.require(field);
    return resolve(source, args, context, info);
  });
};

/** For what was let in as a whole: a field is decided again only where the principal's policies look at fields. */
function admitted(accessOf: (source: unknown) => InstanceAccess | undefined): Guard {
  return (resolve, field) => (source, args, context, info) => {
    const access = accessOf(source);
    if (access === undefined) throw new TypeError(`${field}: was never admitted for ${DESCRIBE_CLUSTER_BACKUP_LIST}`);
    if (access.perField) access.require(field);
    return resolve(source, args, context, info);
  };
}
