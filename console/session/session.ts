import { claimsOf } from './claims.ts';

/** Why nobody is signed in any more. */
export type SignOutReason = 'refused' | 'expired' | 'asked';

/** Who uses this tab. The token lives in `sessionStorage`: it survives a reload, and is gone with the tab. */
export type Session =
  | { state: 'signed-in'; token: string }
  | { state: 'signed-out'; reason: SignOutReason | undefined };

const KEY = 'kvstore-gateway.token';
const listeners = new Set<() => void>();
let session: Session = restored();
let expiry: number | undefined;
watchExpiry();

/** The session as it stands; the same object until it changes. */
export function currentSession(): Session {
  return session;
}

/** Calls the listener at every change, until the returned function is called. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Signs in. Whether the gateway accepts the token shows with the first answer. */
export function signIn(token: string): void {
  window.sessionStorage.setItem(KEY, token);
  change({ state: 'signed-in', token });
}

/** Forgets the token. */
export function signOut(reason: SignOutReason): void {
  window.sessionStorage.removeItem(KEY);
  change({ state: 'signed-out', reason });
}

function change(next: Session): void {
  session = next;
  watchExpiry();
  for (const listener of listeners) listener();
}

function restored(): Session {
  const token = window.sessionStorage.getItem(KEY);
  return token === null ? { state: 'signed-out', reason: undefined } : { state: 'signed-in', token };
}

function watchExpiry(): void {
  window.clearTimeout(expiry);
  if (session.state !== 'signed-in') return;
  const { expiresAt } = claimsOf(session.token);
  // Longer waits overflow a timer and would fire at once; the tab is reloaded or the gateway refuses before.
  const wait = expiresAt === undefined ? undefined : expiresAt - Date.now();
  if (wait !== undefined && wait < 2 ** 31) expiry = window.setTimeout(() => signOut('expired'), Math.max(0, wait));
}
