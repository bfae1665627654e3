/** A share of the largest, for comparing at a glance; the number beside it says the same. */
export function SizeBar({ share, isFailed }: { share: number; isFailed: boolean }) {
  return (
    <svg
      className={isFailed ? 'size-bar size-bar-failed' : 'size-bar'}
      viewBox="0 0 100 6"
      aria-hidden="true"
      preserveAspectRatio="none"
    >
      <rect className="size-bar-all" width="100" height="6" />
      <rect className="size-bar-share" width={Math.max(1, share * 100)} height="6" />
    </svg>
  );
}
