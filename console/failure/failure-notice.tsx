import { useState } from 'react';
import { useNow } from '../browser/use-now.ts';
import { formatDuration } from '../formatting/moments.ts';
import { usePrincipal } from '../session/principal.ts';
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
      return 'Not there any more';
    case 'signed-out':
      return 'Signed out';
    case 'upstream':
      return failure.code === 'UPSTREAM_ERROR' ? 'Refused upstream' : 'No answer from upstream';
    case 'unreachable':
      return 'No answer from the gateway';
    case 'refused':
      return failure.code;
  }
}

/** Counts the seconds until the gateway is asked again. */
export function QuotaNotice({ until }: { until: number }) {
  return (
    <p className="notice-line" role="status">
      <QuotaCountdown until={until} />
    </p>
  );
}

export function QuotaCountdown({ until }: { until: number }) {
  const seconds = Math.max(0, Math.ceil((until - useNow(1000)) / 1000));
  return (
    <>
      Waiting for quota<span aria-hidden="true">{seconds > 0 ? `, ${seconds} s` : ' …'}</span>
    </>
  );
}

/** Says that what is shown is a copy, and how old it is. */
export function StaleNotice({ seconds, onRetry }: { seconds: number | undefined; onRetry: () => void }) {
  if (seconds === undefined) return null;
  return (
    <p className="notice-line notice-stale" role="status">
      This is a copy, {formatDuration(seconds * 1000)} old: Alibaba Cloud does not answer at the moment, or throttles.{' '}
      <button type="button" className="link" onClick={onRetry}>
        Try again
      </button>
    </p>
  );
}

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, label, className = 'button' }: { text: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    // Absent where the page came without encryption from another machine.
    await navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <button type="button" className={className} onClick={copy}>
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </button>
  );
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
        text: 'It may have been released, or it is in another region or account.',
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
        text: `Reading ${what} failed for a reason that is not yours. Its operators will want the request id.`,
        ...detail,
        retryable: failure.retryable,
      };
    }
  }
}
