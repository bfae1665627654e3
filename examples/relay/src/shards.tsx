import { graphql, usePaginationFragment } from 'react-relay';
import type { shards_backup$key } from './__generated__/shards_backup.graphql';
import type { shardsPaginationQuery } from './__generated__/shardsPaginationQuery.graphql';

/** The first shards of a backup; the others at a click, read by the backup's global id. */
export function Shards({ backup }: { backup: shards_backup$key }) {
  const { data, loadNext, hasNext } = usePaginationFragment<shardsPaginationQuery, shards_backup$key>(
    graphql`
      fragment shards_backup on ClusterBackup
      @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
      @refetchable(queryName: "shardsPaginationQuery") {
        shardBackups(first: $count, after: $cursor) @connection(key: "shards_shardBackups") {
          edges {
            node {
              id
              instanceName
              sizeBytes
            }
          }
        }
      }
    `,
    backup,
  );
  return (
    <ul>
      {data.shardBackups?.edges.map(({ node }) => (
        <li key={node.id}>
          {node.instanceName}: {node.sizeBytes} bytes
        </li>
      ))}
      {hasNext && (
        <li>
          <button type="button" onClick={() => loadNext(100)}>
            All shards
          </button>
        </li>
      )}
    </ul>
  );
}
