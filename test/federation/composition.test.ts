import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportComposition } from '../../checks/composition.ts';
import { PORTAL_SDL } from '../../examples/supergraph/portal.ts';

const kvstore = { name: 'kvstore', sdl: read('subgraph.graphql') };
const withPortal = (sdl: string) => reportComposition([kvstore, { name: 'portal', sdl }]);
const FITTING = ['refers-to-instances', 'extends-instances', 'refers-by-global-ids'];
const FITS = { errors: [], hints: [] };

describe('subgraph.graphql composes without errors or hints', () => {
  it('alone', () => {
    expect(reportComposition([kvstore])).toEqual(FITS);
  });

  it.each(FITTING)('with a portal that %s', (name) => {
    expect(withPortal(read(`checks/portals/${name}.graphql`))).toEqual(FITS);
  });

  it('with the portal of the example', () => {
    expect(withPortal(PORTAL_SDL)).toEqual(FITS);
  });

  it('with all of these portals at once', () => {
    const portals = FITTING.map((name, index) => ({
      name,
      // Only one of them may answer for services.
      sdl: read(`checks/portals/${name}.graphql`).replaceAll(/\b(services|Service)\b/g, `$1${index}`),
    }));
    expect(reportComposition([kvstore, ...portals])).toEqual(FITS);
  });
});

describe('a portal that does not fit is told so', () => {
  it('with a hint for a key field that may be null', () => {
    const { errors, hints } = withPortal(
      read('checks/portals/refers-to-instances.graphql').replace('accountId: String!', 'accountId: String'),
    );
    expect(errors).toEqual([]);
    expect(hints).toEqual([expect.stringMatching(/^INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE: .*Instance\.accountId/)]);
  });

  it('with an error for a key that this subgraph does not have', () => {
    const { errors } = withPortal(
      read('checks/portals/refers-to-instances.graphql')
        .replace('accountId regionId instanceId', 'instanceId')
        .replace(/ {2}(accountId|regionId).*\n/g, ''),
    );
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]).toMatch(/^SATISFIABILITY_ERROR: /);
  });

  it('with an error for a viewer that is not shared', () => {
    const { errors } = withPortal(
      read('checks/portals/is-relay-itself.graphql').replace('viewer: Viewer! @shareable', 'viewer: Viewer!'),
    );
    expect(errors).toEqual([expect.stringMatching(/^INVALID_FIELD_SHARING: .*Query\.viewer/)]);
  });
});

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}
