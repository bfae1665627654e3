import { usePrincipal } from '../session/principal.ts';
import { CopyButton } from './copy-button.tsx';
import type { Failure } from './failure.ts';

/** Says why something is not shown and what can be done about it. */
export function FailureNotice({ failure, what, onRetry }: { failure: Failure; what: string; onRetry?: () => void }) {
  if (failure.kind === 'denied') return <DeniedNotice {...failure} what={what} />;
  const { title, text, detail, retryable } = explain(failure, what);
  return (
    <section className="notice" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {detail !== undefined && <p className="notice-detail">{detail}</p>}
      {retryable && onRetry !== undefined && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}

/** The same in one line, where the rest of the view stands. */
export function FailureLine({ failure, what, onRetry }: { failure: Failure; what: string; onRetry: () => void }) {
  return (
    <p className="notice-line notice-warning" role="alert">
      {failureInShort(failure)}: {what} cannot be shown.{' '}
      <button type="button" className="link" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}

/** What would have to be allowed, where, and by whom. */
function DeniedNotice({ action, resource, what }: { action: string; resource: string; what: string }) {
  const { subject, groups } = usePrincipal();
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource }, null, 2);
  return (
    <section className="notice notice-denied" role="alert">
      <h2>You may not see {what}</h2>
      <p>
        Nothing was asked upstream, so this says nothing about whether it exists. Whoever keeps the RAM policies of this
        gateway can allow it: send them the statement below.
      </p>
      <dl className="notice-facts">
        <dt>Action</dt>
        <dd>
          <code>{action}</code>
        </dd>
        <dt>Resource</dt>
        <dd>
          <code>{resource}</code>
        </dd>
        <dt>You are</dt>
        <dd>
          <code>{subject ?? 'not signed in'}</code>
          {groups.length > 0 ? (
            <>
              {' '}
              in <code>{groups.join(', ')}</code>
            </>
          ) : (
            ', in no group'
          )}
        </dd>
      </dl>
      <pre className="notice-statement">{statement}</pre>
      <CopyButton text={statement} label="Copy the statement" />
    </section>
  );
}

/** One line in the place of a value. */
export function failureInShort(failure: Failure): string {
  switch (failure.kind) {
    case 'denied':
      return `You may not see this: ${failure.action}`;
    case 'quota':
      return 'Waiting for quota';
    case 'missing':
      return 'No longer there';
    case 'signed-out':
      return 'Signed out';
    case 'upstream':
      return failure.code === 'UPSTREAM_ERROR' ? 'Refused by Alibaba Cloud' : 'No answer from Alibaba Cloud';
    case 'unreachable':
      return 'No answer from the gateway';
    case 'refused':
      return failure.code;
  }
}

function explain(
  failure: Exclude<Failure, { kind: 'denied' }>,
  what: string,
): { title: string; text: string; detail?: string; retryable?: boolean } {
  switch (failure.kind) {
    case 'quota':
      return {
        title: 'Waiting for quota',
        text: `Alibaba Cloud takes only so many calls a minute. Asking again in ${failure.retryAfterSeconds} s.`,
        retryable: true,
      };
    case 'missing':
      return {
        title: `There is no such ${what}`,
        text:
          what === 'backup'
            ? 'It may have expired or been deleted.'
            : 'It may have been released, or it is in another region or account.',
      };
    case 'signed-out':
      return { title: 'You are signed out', text: 'Sign in again to go on.' };
    case 'unreachable':
      return {
        title: 'The gateway does not answer',
        text: 'Check the connection to it; nothing is wrong with your data.',
        retryable: true,
      };
    case 'refused':
      return { title: 'The gateway refused this', text: failure.message, detail: failure.code };
    case 'upstream': {
      const detail = failure.requestId === undefined ? {} : { detail: `Request id upstream: ${failure.requestId}` };
      if (failure.code === 'UPSTREAM_TIMEOUT')
        return {
          title: 'Alibaba Cloud did not answer in time',
          text: 'It may only be slow at the moment.',
          ...detail,
          retryable: true,
        };
      if (failure.code === 'UPSTREAM_UNAVAILABLE')
        return {
          title: 'Alibaba Cloud cannot be reached',
          text: 'The gateway tries again by itself every few seconds.',
          ...detail,
          retryable: true,
        };
      return {
        title: 'Alibaba Cloud refused the gateway',
        text: `It would not show ${what}, and the reason lies with the gateway: tell its operators the request id.`,
        ...detail,
        retryable: failure.retryable,
      };
    }
  }
}
