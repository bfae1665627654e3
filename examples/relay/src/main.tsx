import { Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery } from 'react-relay';
import type { mainQuery } from './__generated__/mainQuery.graphql';
import { Backups } from './backups.tsx';
import { createEnvironment } from './environment.ts';
import { Progress } from './progress.tsx';

/** `/?instanceId=r-…&regionId=cn-…`; without them the first instance of the sandbox. */
const asked = new URLSearchParams(location.search);
const place = {
  instanceId: asked.get('instanceId') ?? 'r-bp1wpd7l5oabie7bzs',
  regionId: asked.get('regionId') ?? 'cn-hangzhou',
};

function Page() {
  const { instance } = useLazyLoadQuery<mainQuery>(
    graphql`
      query mainQuery($instanceId: String!, $regionId: String!) {
        instance(instanceId: $instanceId, regionId: $regionId) {
          name
          ...backups_instance
        }
      }
    `,
    place,
  );
  if (!instance) return <p>There is no such instance, or you may not see it.</p>;
  return (
    <>
      <h1>{instance.name}</h1>
      <Progress {...place} />
      <Backups instance={instance} />
    </>
  );
}

/** The sandbox gives its tokens away; elsewhere yours comes from whatever signs people in. */
const response = await fetch('/demo-principals.json');
const [administrator] = (await response.json()) as { token: string }[];

const page = document.getElementById('page');
if (page === null || administrator === undefined) throw new Error('nowhere to show anything, or nobody to show it to');
createRoot(page).render(
  <RelayEnvironmentProvider environment={createEnvironment(administrator.token)}>
    <Suspense fallback="Reading…">
      <Page />
    </Suspense>
  </RelayEnvironmentProvider>,
);
