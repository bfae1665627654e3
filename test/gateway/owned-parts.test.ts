import { describe, expect, it } from 'vitest';
import { OwnedParts } from '../../gateway/owned-parts.ts';

describe('owned parts', () => {
  it('are closed once, the latest first, each when the one after it is closed', async () => {
    const steps: string[] = [];
    const part = (name: string) => ({
      async close() {
        steps.push(`${name} closes`);
        await Promise.resolve();
        steps.push(`${name} is closed`);
      },
    });
    const owned = new OwnedParts();
    owned.add(part('first'));
    expect(owned.add(undefined)).toBeUndefined();
    owned.add(part('second'));
    await owned.close();
    await owned.close();
    expect(steps).toEqual(['second closes', 'second is closed', 'first closes', 'first is closed']);
  });
});
