import { memo, type PointerEvent, useCallback, useSyncExternalStore } from 'react';
import { formatAddress } from '../address/address.ts';
import type { Failure } from '../failure/failure.ts';
import { failureInShort } from '../failure/failure-notice.tsx';
import { QuotaCountdown } from '../failure/quota-notice.tsx';
import { count, formatMegabytes, inWords } from '../formatting/amounts.ts';
import type { InstanceRowFragment } from '../generated/graphql.ts';
import { NightTip } from '../nights/night-tip.tsx';
import { STRIP_DAYS } from '../nights/nights.ts';
import { nightsOfState } from '../nights/nights-of-state.ts';
import type { NightsReader, NightsState } from '../nights/nights-reader.ts';
import { dayAt, NightsStrip } from '../nights/nights-strip.tsx';
import { InstanceStatusMark } from './instance-status.tsx';
import { LatestBackup } from './latest-backup.tsx';
import { type PointedDay, rowLinkId } from './row-focus.ts';

export interface InstanceRowProps {
  index: number;
  /** Pixels from the top of the rows. */
  top: number;
  height: number;
  /** Absent while it is being read. */
  row: InstanceRowFragment | undefined;
  nights: NightsReader;
  /** Only then its backups are asked for. */
  isOnScreen: boolean;
  pointedDay: number | undefined;
  onPoint: (pointed: PointedDay) => void;
  onLeave: () => void;
  onFocusRow: (index: number) => void;
  regionId: string;
  accountId: string | undefined;
  now: number;
}

/** One instance: what it is, and how its nights went. */
export const InstanceRow = memo(function InstanceRow(props: InstanceRowProps) {
  const { index, top, height, row, pointedDay } = props;
  const className = `instance-row instance-columns${pointedDay === undefined ? '' : ' is-pointed'}`;
  return (
    <tr className={className} aria-rowindex={index + 2} style={{ height, transform: `translateY(${top}px)` }}>
      {row === undefined ? <ComingRow /> : <InstanceCells {...props} row={row} />}
    </tr>
  );
});

function InstanceCells(props: InstanceRowProps & { row: InstanceRowFragment }) {
  const { index, row, regionId, accountId, onFocusRow } = props;
  const hasBackups = row.architectureType === null || row.architectureType === 'CLUSTER';
  const href = formatAddress({ view: 'instance', regionId, accountId, instanceId: row.instanceId, days: 30 });
  return (
    <>
      <th scope="row" className="instance-cell cell-name">
        <a id={rowLinkId(index)} className="row-link" href={href} onFocus={() => onFocusRow(index)}>
          {row.name ?? row.instanceId}
        </a>
        <code className="cell-id">{row.instanceId}</code>
      </th>
      <td className="instance-cell cell-status">
        <InstanceStatusMark status={row.status} />
      </td>
      <td className="instance-cell cell-engine">
        <Engine row={row} />
      </td>
      {hasBackups ? (
        <NightCells {...props} href={href} />
      ) : (
        <>
          <td className="instance-cell cell-strip cell-none">not a cluster: no cluster backups</td>
          <td className="instance-cell cell-latest" />
        </>
      )}
    </>
  );
}

function NightCells(props: InstanceRowProps & { row: InstanceRowFragment; href: string }) {
  const { index, row, nights, isOnScreen, pointedDay, onPoint, onLeave, href, now } = props;
  const state = useNights(nights, row.id, isOnScreen);
  const days = nightsOfState(state, row.createTime);
  const point = (event: PointerEvent<HTMLElement>) => {
    const strip = event.currentTarget.querySelector('svg');
    if (strip === null || event.pointerType === 'touch') return;
    const day = dayAt(event.clientX - strip.getBoundingClientRect().left, STRIP_DAYS);
    if (day !== pointedDay) onPoint({ index, day });
  };
  const pointed = pointedDay === undefined ? undefined : days?.[pointedDay];
  return (
    <>
      <td className="instance-cell cell-strip">
        {days === undefined ? (
          <NightsPending state={state} />
        ) : (
          // The name's link leads to the same place; this is a larger target for the pointer.
          // biome-ignore lint/a11y/noStaticElementInteractions: see above
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div className="strip-area" onPointerMove={point} onPointerLeave={onLeave} onClick={() => follow(href)}>
            <NightsStrip nights={days} />
          </div>
        )}
        {pointed !== undefined && pointedDay !== undefined && <NightTip night={pointed} index={pointedDay} />}
      </td>
      <td className="instance-cell cell-latest">
        {state.state === 'read' && <LatestBackup backups={state.backups} nights={days ?? []} now={now} />}
      </td>
    </>
  );
}

function NightsPending({ state }: { state: NightsState }) {
  if (state.state === 'quota') {
    return (
      <span className="cell-wait">
        <QuotaCountdown until={state.until} />
      </span>
    );
  }
  if (state.state === 'failed') return <PendingFailure failure={state.failure} />;
  return (
    <span className="strip-coming">
      <span className="visually-hidden">Loading</span>
    </span>
  );
}

function PendingFailure({ failure }: { failure: Failure }) {
  const title = failure.kind === 'denied' ? `${failure.action} on ${failure.resource}` : undefined;
  return (
    <span className="cell-failure" title={title}>
      {failureInShort(failure)}
    </span>
  );
}

function Engine({ row }: { row: InstanceRowFragment }) {
  const edition = row.editionType === 'ENTERPRISE' ? 'Tair' : row.editionType === 'COMMUNITY' ? 'Redis' : '';
  const size = row.capacityMegabytes === null ? '' : formatMegabytes(row.capacityMegabytes);
  const shards = row.architectureType === 'CLUSTER' && row.shardCount !== null ? count(row.shardCount, 'shard') : '';
  const kind = row.architectureType === null || row.architectureType === 'CLUSTER' ? '' : inWords(row.architectureType);
  return (
    <>
      <span>{[edition, row.engineVersion].filter(Boolean).join(' ')}</span>
      <span className="cell-minor">{[kind, shards, size].filter(Boolean).join(' · ')}</span>
    </>
  );
}

function ComingRow() {
  return (
    <td className="instance-cell row-coming">
      <span className="visually-hidden">Loading</span>
    </td>
  );
}

function useNights(nights: NightsReader, id: string, isOnScreen: boolean): NightsState {
  const subscribe = useCallback(
    (listener: () => void) => (isOnScreen ? nights.watch(id, listener) : ignore),
    [nights, id, isOnScreen],
  );
  return useSyncExternalStore(subscribe, () => nights.state(id));
}

function follow(href: string): void {
  window.location.hash = href;
}

function ignore(): void {}
