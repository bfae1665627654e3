import { parseArgs } from 'node:util';

/** What the examples are told on the command line: `--url --token --region --instance`, each with the sandbox's own as its default. */
export async function gatewayAndInstance(args = process.argv.slice(2)): Promise<{
  gateway: { url: string; token: string };
  place: { instanceId: string; regionId: string };
}> {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:4000' },
      token: { type: 'string' },
      region: { type: 'string', default: 'cn-hangzhou' },
      instance: { type: 'string', default: 'r-bp1wpd7l5oabie7bzs' },
    },
  });
  const token = values.token ?? (await demoToken(values.url));
  return {
    gateway: { url: `${values.url}/graphql`, token },
    place: { instanceId: values.instance, regionId: values.region },
  };
}

/** A gateway on the sandbox gives its tokens away. */
async function demoToken(url: string): Promise<string> {
  const response = await fetch(`${url}/demo-principals.json`).catch(() => undefined);
  if (response === undefined)
    return giveUp(`There is no gateway at ${url}: start one with npm start, or name another with -- --url`);
  if (!response.ok) return giveUp('--token is missing: this gateway is on a real account');
  const [administrator] = (await response.json()) as [{ token: string }];
  return administrator.token;
}

function giveUp(why: string): never {
  console.error(why);
  process.exit(1);
}
