/** Somebody to try the sandbox as. */
export interface DemoPrincipal {
  name: string;
  description: string;
  subject: string;
  groups: readonly string[];
  token: string;
}

/** The principals that the sandbox offers; none on a real account, and none when the gateway does not answer. */
export async function readDemoPrincipals(signal: AbortSignal): Promise<readonly DemoPrincipal[]> {
  try {
    const response = await fetch('./demo-principals.json', { signal });
    return response.ok ? ((await response.json()) as DemoPrincipal[]) : [];
  } catch {
    return [];
  }
}
