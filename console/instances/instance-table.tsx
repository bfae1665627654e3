import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { InstancesAddress } from '../address/address.ts';
import { useMedia } from '../browser/use-media.ts';
import { useNow } from '../browser/use-now.ts';
import { dayNumber } from '../formatting/moments.ts';
import { STRIP_DAYS } from '../nights/nights.ts';
import { StripScale } from '../nights/strip-scale.tsx';
import type { InstanceListState } from './instance-list.ts';
import { InstanceRow } from './instance-row.tsx';
import type { KnownList } from './known-lists.ts';
import { type PointedDay, rowLinkId } from './row-focus.ts';
import { dayAfter, rowAfter } from './row-keys.ts';
import { useRememberedPosition } from './use-remembered-position.ts';
import { useScrollMargin } from './use-scroll-margin.ts';

const ROW_HEIGHT = 48;
const NARROW_ROW_HEIGHT = 92;
const OVERSCAN = 8;
/** Rows before the end of what has been read at which more is read. */
const READ_AHEAD = 30;
/** Height of what sticks to the top and covers rows. */
const STICKY_HEIGHT = 44;

/**
 * All instances in one scrolling table, of which only the rows on screen exist. The arrow keys go from row to row and
 * from day to day.
 */
export function InstanceTable(props: { known: KnownList; state: InstanceListState; address: InstancesAddress }) {
  const { known, state, address } = props;
  const { list, nights } = known;
  const isNarrow = useMedia('(max-width: 46rem)');
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const now = useNow(30_000);
  const body = useRef<HTMLTableSectionElement>(null);
  const scrollMargin = useScrollMargin(body);
  const [pointed, setPointed] = useState<PointedDay>();
  const active = useRef(-1);
  const toFocus = useRef(-1);

  const virtualizer = useWindowVirtualizer({
    count: state.isCounted ? state.total : Math.max(state.rows.length, 12),
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollMargin,
    scrollPaddingStart: STICKY_HEIGHT,
    // The row that has the focus must not vanish under it.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      const index = active.current;
      return index < 0 || index >= range.count || indexes.includes(index)
        ? indexes
        : [...indexes, index].sort((a, b) => a - b);
    },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows of the same height need no measuring
  useLayoutEffect(() => virtualizer.measure(), [rowHeight]);
  useRememberedPosition(known, { active, toFocus });

  const range = virtualizer.range;
  const [first, last] = [range?.startIndex ?? 0, range?.endIndex ?? 0];
  useEffect(() => list.want(last + READ_AHEAD), [list, last]);
  const focusWanted = () => {
    if (toFocus.current < 0) return;
    const link = document.getElementById(rowLinkId(toFocus.current));
    if (link === null) return;
    toFocus.current = -1;
    link.focus({ preventScroll: true });
  };
  useEffect(focusWanted);

  const goTo = (index: number) => {
    const target = Math.min(Math.max(index, 0), state.total - 1);
    // The row that has the focus keeps it until the other one has been read.
    toFocus.current = target;
    setPointed(undefined);
    virtualizer.scrollToIndex(target, { align: 'auto' });
    // Moving on within the rows on screen scrolls nothing, and so draws nothing anew.
    focusWanted();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const index = toFocus.current >= 0 ? toFocus.current : active.current;
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = rowAfter(event.key, { index, page: Math.max(1, last - first - 1), count: state.total });
    const day = dayAfter(event.key, pointed?.index === index ? pointed.day : STRIP_DAYS);
    if (row !== undefined) goTo(row);
    else if (day !== undefined) setPointed({ index, day });
    else if (event.key === 'Escape') setPointed(undefined);
    else return;
    event.preventDefault();
  };

  const onFocusRow = useCallback((index: number) => {
    active.current = index;
  }, []);
  const onLeave = useCallback(() => setPointed(undefined), []);

  return (
    <table
      className="instance-table"
      aria-label="Instances"
      aria-rowcount={state.isCounted ? state.total + 1 : -1}
      aria-busy={state.reading}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) active.current = -1;
      }}
    >
      <thead className="instance-head">
        <tr className="instance-columns" aria-rowindex={1}>
          <ColumnHeading>Instance</ColumnHeading>
          <ColumnHeading>Status</ColumnHeading>
          <ColumnHeading>Engine</ColumnHeading>
          <ColumnHeading>
            <StripScale today={dayNumber(now)} />
          </ColumnHeading>
          <ColumnHeading>Latest backup</ColumnHeading>
        </tr>
      </thead>
      <tbody ref={body} className="instance-rows" style={{ height: virtualizer.getTotalSize() }} onKeyDown={onKeyDown}>
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <InstanceRow
            key={state.rows[index]?.id ?? index}
            index={index}
            top={start - scrollMargin}
            height={rowHeight}
            row={state.rows[index]}
            nights={nights}
            isOnScreen={index >= first && index <= last}
            pointedDay={pointed?.index === index ? pointed.day : undefined}
            onPoint={setPointed}
            onLeave={onLeave}
            onFocusRow={onFocusRow}
            regionId={address.regionId}
            accountId={address.accountId}
            now={now}
          />
        ))}
      </tbody>
    </table>
  );
}

function ColumnHeading({ children }: { children: ReactNode }) {
  return (
    <th scope="col" className="instance-cell">
      {children}
    </th>
  );
}
