import { graphql, usePaginationFragment } from 'react-relay';
import type { backups_instance$key } from './__generated__/backups_instance.graphql';
import type { backupsPaginationQuery } from './__generated__/backupsPaginationQuery.graphql';
import { Shards } from './shards.tsx';

/** The backups of an instance, newest first, ten more at a click. */
export function Backups({ instance }: { instance: backups_instance$key }) {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<
    backupsPaginationQuery,
    backups_instance$key
  >(
    graphql`
      fragment backups_instance on Instance
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
      @refetchable(queryName: "backupsPaginationQuery") {
        clusterBackups(first: $count, after: $cursor) @connection(key: "backups_clusterBackups") {
          edges {
            node {
              id
              clusterBackupId
              status
              startTime
              sizeBytes
              progressPercent
              ...shards_backup
            }
          }
        }
      }
    `,
    instance,
  );
  return (
    <section>
      <ol>
        {data.clusterBackups?.edges.map(({ node }) => (
          <li key={node.id}>
            <code>{node.clusterBackupId}</code> {node.status}{' '}
            {node.status === 'RUNNING' ? `${node.progressPercent} %` : `${node.sizeBytes} bytes`},{' '}
            <time>{node.startTime}</time>
            <Shards backup={node} />
          </li>
        ))}
      </ol>
      {hasNext && (
        <button type="button" disabled={isLoadingNext} onClick={() => loadNext(10)}>
          More
        </button>
      )}
    </section>
  );
}
