/**
 * Calls `end` when the npm that started this process is gone: npm runs scripts in a shell, which ends at a signal and does
 * not pass it on. Does nothing in a process that npm did not start.
 */
export function endsWithNpm(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 250);
  watch.unref();
}
