import { createContext, useContext } from 'react';

/** Whoever is signed in, as the gateway understood the token. */
export interface Principal {
  subject: string | null;
  groups: readonly string[];
}

export const PrincipalContext = createContext<Principal>({ subject: null, groups: [] });

export function usePrincipal(): Principal {
  return useContext(PrincipalContext);
}
