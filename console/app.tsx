import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { Provider } from 'urql';
import { useAddress } from './address/use-address.ts';
import { useFocusOnArrival } from './address/use-focus-on-arrival.ts';
import { createGatewayClient } from './client/gateway-client.ts';
import { addUpstreamCalls } from './client/upstream-calls.ts';
import { useRead } from './client/use-read.ts';
import { failureAt } from './failure/failure.ts';
import { FailureNotice } from './failure/failure-notice.tsx';
import { ViewerDocument } from './generated/graphql.ts';
import { InstanceView } from './instance/instance-view.tsx';
import { InstancesView } from './instances/instances-view.tsx';
import { PrincipalContext } from './session/principal.ts';
import { currentSession, onSessionChange, signOut } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { Home } from './shell/home.tsx';
import { Shell } from './shell/shell.tsx';

/** The whole page. */
export function App() {
  const session = useSyncExternalStore(onSessionChange, currentSession);
  const token = session.state === 'signed-in' ? session.token : undefined;
  const client = useMemo(
    () =>
      token === undefined
        ? undefined
        : createGatewayClient({ token, onRefused: () => signOut('refused'), onUpstreamCalls: addUpstreamCalls }),
    [token],
  );
  useEffect(() => {
    if (token === undefined) document.title = 'Sign in · Cluster backups';
  }, [token]);
  if (session.state === 'signed-out' || client === undefined) {
    return <SignIn reason={session.state === 'signed-out' ? session.reason : undefined} />;
  }
  return (
    // Another principal gets another tree: nothing of what one has seen stays for the next.
    <Provider value={client} key={token}>
      <SignedIn />
    </Provider>
  );
}

function SignedIn() {
  const { data, failures, readAgain } = useRead(ViewerDocument, {});
  const failure = failureAt(failures, 'viewer');
  const principal = useMemo(() => data?.viewer ?? { subject: null, groups: [] }, [data]);
  return (
    <PrincipalContext value={principal}>
      <Shell>
        {failure === undefined ? <View /> : <FailureNotice failure={failure} what="your name" onRetry={readAgain} />}
      </Shell>
    </PrincipalContext>
  );
}

function View() {
  const address = useAddress();
  useFocusOnArrival(address);
  switch (address.view) {
    case 'home':
      return <Home accountId={address.accountId} />;
    case 'instances':
      return <InstancesView address={address} />;
    case 'instance':
      return <InstanceView key={`${address.accountId}/${address.regionId}/${address.instanceId}`} address={address} />;
    case 'unknown':
      return (
        <section className="notice" role="alert">
          <h1 tabIndex={-1}>There is nothing at this address</h1>
          <p>It may have been cut off where it was copied.</p>
          <a className="button" href="#/">
            Show the instances
          </a>
        </section>
      );
  }
}
