import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import type { NightOutcome } from '../nights/nights.ts';
import { NightSign } from '../nights/nights-strip.tsx';
import { looksLikeToken } from './claims.ts';
import { type DemoPrincipal, readDemoPrincipals } from './demo-principals.ts';
import { type SignOutReason, signIn } from './session.ts';

const REASONS: Record<SignOutReason, string | undefined> = {
  refused: 'The gateway does not accept this token. It may have expired, or be meant for somebody else.',
  expired: 'Your token has expired. Sign in with a new one.',
  asked: undefined,
};

/** What is seen before anything else: a token, or on the sandbox somebody to try it as. */
export function SignIn({ reason }: { reason: SignOutReason | undefined }) {
  const principals = useDemoPrincipals();
  return (
    <main className="sign-in">
      <header className="sign-in-head">
        <SampleNights />
        <h1>Cluster backups</h1>
        <p>
          See whether your Redis and Tair clusters can be restored from last night’s backups, and from those of every
          night before.
        </p>
      </header>
      {reason !== undefined && REASONS[reason] !== undefined && (
        <p className="notice-line notice-warning" role="alert">
          {REASONS[reason]}
        </p>
      )}
      {principals.length > 0 && (
        <section className="sign-in-demo" aria-labelledby="demo-heading">
          <h2 id="demo-heading">This gateway runs on its sandbox. Look around as</h2>
          <ul>
            {principals.map((principal) => (
              <li key={principal.subject}>
                <button type="button" className="principal-card" onClick={() => signIn(principal.token)}>
                  <span className="principal-name">{principal.name}</span>
                  <span className="principal-description">{principal.description}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <TokenForm isFirst={principals.length === 0} />
    </main>
  );
}

function TokenForm({ isFirst }: { isFirst: boolean }) {
  const [fault, setFault] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const faultId = useId();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = (field.current?.value ?? '').trim().replace(/^Bearer\s+/i, '');
    if (looksLikeToken(token)) return signIn(token);
    setFault('That is not a token: three parts of letters and digits, with dots between them.');
    field.current?.focus();
  };
  return (
    <form className="sign-in-form" onSubmit={submit} noValidate>
      <label htmlFor="token">{isFirst ? 'Sign in with a token' : 'Or with a token of your own'}</label>
      <div className="field-row">
        <input
          id="token"
          ref={field}
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="eyJ…"
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : faultId}
        />
        <button type="submit" className="button button-primary">
          Sign in
        </button>
      </div>
      {fault !== undefined && (
        <p id={faultId} className="field-fault" role="alert">
          {fault}
        </p>
      )}
      <p className="hint">It stays in this tab and goes to this gateway alone.</p>
    </form>
  );
}

function useDemoPrincipals(): readonly DemoPrincipal[] {
  const [principals, setPrincipals] = useState<readonly DemoPrincipal[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    readDemoPrincipals(controller.signal).then((read) => {
      if (!controller.signal.aborted) setPrincipals(read);
    });
    return () => controller.abort();
  }, []);
  return principals;
}

/** Four weeks in which one night failed and one was forgotten. */
function SampleNights() {
  const outcomes: NightOutcome[] = Array.from({ length: 28 }, (_, night) =>
    night === 11 ? 'failed' : night === 20 ? 'missing' : night === 27 ? 'running' : 'ok',
  );
  return (
    <svg className="strip sign-in-strip" viewBox="0 0 278 22" aria-hidden="true">
      {outcomes.map((outcome, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the picture never changes
        <g key={index} className={`night night-${outcome}`} transform={`translate(${index * 10} 0)`}>
          <NightSign outcome={outcome} />
        </g>
      ))}
    </svg>
  );
}
