import { useNow } from '../browser/use-now.ts';

/** Counts the seconds until the gateway is asked again. */
export function QuotaNotice({ until }: { until: number }) {
  return (
    <p className="notice-line" role="status">
      <QuotaCountdown until={until} />
    </p>
  );
}

/** The same among other words. */
export function QuotaCountdown({ until }: { until: number }) {
  const seconds = Math.max(0, Math.ceil((until - useNow(1000)) / 1000));
  return (
    <>
      Waiting for quota<span aria-hidden="true">{seconds > 0 ? `, ${seconds} s` : ' …'}</span>
    </>
  );
}
