import type { DemoPlace } from './demo/demo-instance.ts';
import type { DemoPrincipal } from './demo/demo-principals.ts';

/** What is worth knowing once the gateway listens. */
export interface Welcome {
  /** `http://127.0.0.1:4000`, without a slash at its end. */
  url: string;
  upstream: string;
  /** Present on the sandbox only. */
  demo: { principals: readonly DemoPrincipal[]; instance: DemoPlace | undefined } | undefined;
}

/** The lines that `npm start` prints. */
export function welcomeText({ url, upstream, demo }: Welcome): string {
  const lines = [
    `kvstore-gateway is ready, on ${upstream}`,
    '',
    `  GraphQL  ${url}/graphql`,
    `  Console  ${url}/`,
    `  Health   ${url}/health`,
  ];
  if (demo !== undefined) lines.push('', ...demoLines(url, demo.principals, demo.instance));
  return `${lines.join('\n')}\n`;
}

function demoLines(url: string, principals: readonly DemoPrincipal[], instance: DemoPlace | undefined): string[] {
  const lines = ['Demo principals; each token works for a day:'];
  for (const { name, description, subject, token } of principals)
    lines.push('', `  ${name} (${subject}) ${description}`, `  ${token}`);
  const [administrator] = principals;
  if (administrator === undefined || instance === undefined) return lines;
  return [...lines, '', 'The five newest backups of an instance:', '', curl(url, administrator.token, instance)];
}

function curl(url: string, token: string, { instanceId, regionId }: DemoPlace): string {
  const query = `{ instance(instanceId: "${instanceId}", regionId: "${regionId}") { name clusterBackups(first: 5) { nodes { clusterBackupId status startTime sizeBytes progressPercent } } } }`;
  return [
    `  curl -s ${url}/graphql \\`,
    `    -H 'Content-Type: application/json' \\`,
    `    -H 'Authorization: Bearer ${token}' \\`,
    `    -d '${JSON.stringify({ query })}'`,
  ].join('\n');
}
