import type { GraphQLResolveInfo } from 'graphql';
import type { ConnectionSelection } from '../resolvers/cluster-backups/connection.ts';
import type { InstanceAccess } from './instance-access.ts';
import { remembered, type Selection, selectionOf } from './selection.ts';

interface WholeSelection {
  selection: ConnectionSelection;
  /** Fields that it was made with as they are allowed: with all of them allowed it is the selection. */
  asked: readonly string[];
}

const wholeSelections = new WeakMap<GraphQLResolveInfo['fieldNodes'], WholeSelection>();

/** What of a connection the operation selects and its principal may read. Nearly all may read all of it, which is worked out once for a document. */
export function connectionSelection(info: GraphQLResolveInfo, access: InstanceAccess): ConnectionSelection {
  const whole = remembered(wholeSelections, info, () => wholeOf(selectionOf(info)));
  return access.allowsAll(whole.asked) ? whole.selection : selectedOf(selectionOf(info), access);
}

function wholeOf(selection: Selection): WholeSelection {
  const asked = new Set<string>();
  const everything: FieldAccess = {
    allows(field) {
      asked.add(field);
      return true;
    },
  };
  return { selection: selectedOf(selection, everything), asked: [...asked] };
}

/** What of a connection a selection needs, those fields left out that may not be read. */
export function selectedOf(selection: Selection, access: FieldAccess): ConnectionSelection {
  const pageInfo = selection.at('pageInfo');
  const ofNodes = shardSelection(selection.at('nodes'), access);
  const ofEdges = shardSelection(selection.at('edges', 'node'), access);
  const wants = (...names: string[]) =>
    names.some((name) => selection.has(name) && access.allows(`ClusterBackupConnection.${name}`));
  return {
    rows: selection.hasAny('nodes', 'edges') || pageInfo.hasAny('hasPreviousPage', 'startCursor', 'endCursor'),
    shards: ofNodes.shards || ofEdges.shards,
    links: ofNodes.links || ofEdges.links,
    hasNextPage: pageInfo.has('hasNextPage'),
    totalCount: wants('totalCount'),
    storage: wants('fullStorageBytes', 'logStorageBytes'),
  };
}

/** Who may read which fields (`ShardBackup.downloadUrl`); an `InstanceAccess`, as a rule. */
export interface FieldAccess {
  allows(field: string): boolean;
}

/** What of the shards the selection below a cluster backup needs, those fields left out that may not be read. */
export function shardSelection(backup: Selection, access: FieldAccess): { shards: boolean; links: boolean } {
  const allowed = ['shardBackups', 'shardCount'].filter((name) => isWanted(backup, 'ClusterBackup', name, access));
  const connection = backup.at('shardBackups');
  const links = (shard: Selection) => linkSelection(shard, access);
  return {
    shards: allowed.length > 0,
    links: allowed.includes('shardBackups') && (links(connection.at('nodes')) || links(connection.at('edges', 'node'))),
  };
}

/** Whether the selection below the backup of a shard needs download links, of this shard or of others of its set. */
export function linkSelection(shard: Selection, access: FieldAccess): boolean {
  return (
    isWanted(shard, 'ShardBackup', 'downloadUrl', access) ||
    isWanted(shard, 'ShardBackup', 'internalDownloadUrl', access) ||
    (isWanted(shard, 'ShardBackup', 'clusterBackup', access) && shardSelection(shard.at('clusterBackup'), access).links)
  );
}

function isWanted(selection: Selection, type: string, name: string, access: FieldAccess): boolean {
  return selection.has(name) && access.allows(`${type}.${name}`);
}
