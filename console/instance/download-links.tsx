import { useState } from 'react';
import { useClient } from 'urql';
import { CopyButton } from '../failure/copy-button.tsx';
import { type Failure, failuresOf } from '../failure/failure.ts';
import { failureInShort } from '../failure/failure-notice.tsx';
import { DownloadLinksDocument, type DownloadLinksQuery } from '../generated/graphql.ts';

type Links = Extract<DownloadLinksQuery['node'], { downloadUrl: unknown }>;

/**
 * Links to the file of a shard. They are the data itself, so they are asked for only when somebody wants one, and
 * forgotten when the row closes.
 */
export function DownloadLinks({ shardId, name }: { shardId: string; name: string }) {
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const [links, setLinks] = useState<Links>();
  const [failure, setFailure] = useState<Failure>();
  const ask = async () => {
    setAsking(true);
    const { data, error } = await client
      .query(DownloadLinksDocument, { id: shardId }, { requestPolicy: 'network-only' })
      .toPromise();
    const node = data?.node;
    setAsking(false);
    setLinks(node && 'downloadUrl' in node ? node : undefined);
    setFailure(failuresOf(error)[0]?.failure);
  };
  if (links?.downloadUrl != null || links?.internalDownloadUrl != null) {
    return (
      <span className="links">
        {links.downloadUrl !== null && (
          <>
            <a href={links.downloadUrl} rel="noreferrer" download>
              Download<span className="visually-hidden"> {name}</span>
            </a>
            <CopyButton className="link" text={links.downloadUrl} label="Copy link" />
          </>
        )}
        {links.internalDownloadUrl !== null && (
          <CopyButton className="link" text={links.internalDownloadUrl} label="Copy VPC link" />
        )}
        <button type="button" className="link" onClick={() => setLinks(undefined)}>
          Hide
        </button>
      </span>
    );
  }
  if (failure !== undefined) {
    const detail = failure.kind === 'denied' ? `${failure.action} on ${failure.resource}` : undefined;
    return (
      <span className="cell-failure" role="alert" title={detail}>
        {failureInShort(failure)}
        {failure.kind === 'denied' && (
          <span className="cell-minor">
            {' '}
            Links of {failure.resource} are hidden from you; ask whoever keeps the policies.
          </span>
        )}
      </span>
    );
  }
  if (links !== undefined) return <span className="fact-none">no link</span>;
  return (
    <button type="button" className="link" onClick={ask} disabled={asking}>
      {asking ? 'Asking …' : 'Get link'}
      <span className="visually-hidden"> for {name}</span>
    </button>
  );
}
