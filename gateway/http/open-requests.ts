import type { ServerResponse } from 'node:http';
import type { RequestReport } from '../operation/request-report.ts';
import { Roster } from './roster.ts';

/** The requests to `/graphql` that are not answered yet; tells of each when it has ended. */
export class OpenRequests {
  readonly #open = new Roster<RequestReport>();
  readonly #listeners: ((report: RequestReport) => void)[] = [];

  /** Hears of each request that has ended, its report complete; must not throw. */
  onEnd(listener: (report: RequestReport) => void): void {
    this.#listeners.push(listener);
  }

  begin(report: RequestReport, response: ServerResponse): void {
    const startedAt = performance.now();
    const place = this.#open.enter(report);
    response.on('close', () => {
      this.#open.leave(place);
      report.durationMs = performance.now() - startedAt;
      report.status = response.headersSent ? response.statusCode : 0;
      // A subscription ends by its client's leaving as often as by itself.
      if (!response.writableFinished && report.operationType !== 'subscription') report.outcome = 'aborted';
      else if (report.results === 0 && report.status < 400) report.outcome = 'ok';
      for (const listener of this.#listeners) listener(report);
    });
  }

  /** Queries that are being answered, and subscriptions that are being served. */
  count(): { queries: number; subscriptions: number } {
    let subscriptions = 0;
    for (const { operationType } of this.#open) if (operationType === 'subscription') subscriptions += 1;
    return { queries: this.#open.size - subscriptions, subscriptions };
  }
}
