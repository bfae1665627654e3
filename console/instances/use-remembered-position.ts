import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import type { KnownList } from './known-lists.ts';

/**
 * Brings a list back to where it was left, and remembers it again when the table goes. `active` is the row that has the
 * focus, `toFocus` the one that is to get it; -1 for none.
 */
export function useRememberedPosition(
  known: KnownList,
  { active, toFocus }: { active: RefObject<number>; toFocus: RefObject<number> },
): void {
  const lastScroll = useRef(0);
  useLayoutEffect(() => {
    window.scrollTo(0, known.scrollTop);
    active.current = known.focusedRow;
    toFocus.current = known.focusedRow;
    return () => {
      known.scrollTop = lastScroll.current;
      known.focusedRow = active.current;
    };
  }, [known, active, toFocus]);

  // When the table goes, the page has been cut short already and scrolled with it.
  useEffect(() => {
    const remember = () => {
      lastScroll.current = window.scrollY;
    };
    window.addEventListener('scroll', remember, { passive: true });
    return () => window.removeEventListener('scroll', remember);
  }, []);
}
