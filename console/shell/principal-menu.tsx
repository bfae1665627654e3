import { useNow } from '../browser/use-now.ts';
import { formatDuration } from '../formatting/moments.ts';
import { claimsOf } from '../session/claims.ts';
import { usePrincipal } from '../session/principal.ts';
import { currentSession, signOut } from '../session/session.ts';

/** Who is signed in and for how long, and the way out. */
export function PrincipalMenu() {
  const { subject, groups } = usePrincipal();
  const now = useNow(30_000);
  const session = currentSession();
  const expiresAt = session.state === 'signed-in' ? claimsOf(session.token).expiresAt : undefined;
  const left = expiresAt === undefined ? undefined : expiresAt - now;
  return (
    <div className="principal">
      <span className="principal-who">
        <span className="principal-subject">{subject ?? '…'}</span>
        {groups.length > 0 && <span className="principal-groups">{groups.join(', ')}</span>}
        {left !== undefined && left < 15 * 60_000 && (
          <span className="principal-expiry">token ends in {formatDuration(left)}</span>
        )}
      </span>
      <button type="button" className="button button-quiet" onClick={() => signOut('asked')}>
        Sign out
      </button>
    </div>
  );
}
