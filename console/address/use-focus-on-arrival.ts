import { useEffect } from 'react';
import type { Address } from './address.ts';

/**
 * Where one view takes the place of another, the link that led there is gone, and the focus with it. It goes to the
 * heading then, so that a screen reader says what has come and the keyboard goes on from there.
 */
export function useFocusOnArrival(address: Address): void {
  const place = address.view === 'instance' ? address.instanceId : address.view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is what asks for it
  useEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost) document.querySelector('h1')?.focus({ preventScroll: true });
  }, [place]);
}
