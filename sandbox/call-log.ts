/** A call as the sandbox saw it, for tests that count upstream calls. No key, signature or link is kept. */
export interface RecordedCall {
  /** Empty when the request named none. */
  action: string;
  method: string;
  /** Business parameters, from query and form. */
  parameters: Readonly<Record<string, string>>;
  /** Undefined when the caller was not identified. */
  accountId: string | undefined;
  /** Epoch milliseconds by the sandbox's clock. */
  at: number;
  /** Undefined while it is being answered, and when no answer was sent. */
  status: number | undefined;
  /** Error code of the answer. */
  code: string | undefined;
}

export interface CallLog {
  /** Calls of one action, or of all. */
  count(action?: string): number;
  byAction(): Record<string, number>;
  /** The latest calls, oldest first: up to 1,000. */
  recent(action?: string): readonly RecordedCall[];
  /** Calls being answered now, and the most that there ever were at once. */
  readonly inFlight: number;
  readonly peakInFlight: number;
  /** Forgets everything but the calls in flight. */
  clear(): void;
}

export interface CallRecorder extends CallLog {
  begin(call: RecordedCall): void;
  end(): void;
}

const KEPT = 1000;

export function createCallLog(): CallRecorder {
  const counts = new Map<string, number>();
  let recent: RecordedCall[] = [];
  let inFlight = 0;
  let peakInFlight = 0;
  return {
    begin(call) {
      counts.set(call.action, (counts.get(call.action) ?? 0) + 1);
      recent.push(call);
      if (recent.length >= 2 * KEPT) recent = recent.slice(-KEPT);
      inFlight += 1;
      peakInFlight = Math.max(peakInFlight, inFlight);
    },
    end() {
      inFlight -= 1;
    },
    count: (action) =>
      action === undefined ? [...counts.values()].reduce((sum, count) => sum + count, 0) : (counts.get(action) ?? 0),
    byAction: () => Object.fromEntries(counts),
    recent: (action) => recent.slice(-KEPT).filter((call) => action === undefined || call.action === action),
    get inFlight() {
      return inFlight;
    },
    get peakInFlight() {
      return peakInFlight;
    },
    clear() {
      counts.clear();
      recent = [];
      peakInFlight = inFlight;
    },
  };
}
