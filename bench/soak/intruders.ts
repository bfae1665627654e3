import { below, oneOf, sometimes } from './chance.ts';
import { backupFields, INSTANCE_FIELDS, type Row } from './expected-values.ts';
import { type AnswerData, type Question, type Soak, Visitor } from './visitor.ts';

const ALL = `query All($instanceId: String!, $regionId: String!) {
  instance(instanceId: $instanceId, regionId: $regionId) {
    ${INSTANCE_FIELDS} clusterBackups(first: 5) { totalCount nodes { ${backupFields({ shards: true, links: true })} } }
  }
  instances(regionId: $regionId, first: 5) { totalCount nodes { name } }
}`;

/** Who may see nothing, and sees nothing: what others have read into the caches neither. */
export async function askWithoutRights(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'denied');
  const outside = soak.known.clusters.filter(({ regionId }) => regionId !== 'cn-hangzhou');
  const who = oneOf(['guest', 'nobody', 'reader'] as const);
  const instance = oneOf(who === 'reader' ? outside : soak.known.clusters);
  const { instanceId, regionId } = instance;
  const token = { guest: soak.tokens.guest, nobody: null, reader: soak.tokens.reader }[who];
  const code = who === 'nobody' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
  const answer = await visitor.ask({ query: ALL, variables: { instanceId, regionId }, token, expects: [code] });
  if (!answer) return;
  const secrets = ['cb-', 'http:', instance.name, instance.vpcId, '"totalCount":'];
  const seen = secrets.filter((secret) => JSON.stringify(answer.data).includes(secret));
  if (seen.length > 0 && !onlyNull(answer.data)) visitor.wrong(`${who} sees ${seen}`, answer.text);
  if (answer.errors.some((error) => error.extensions?.code !== code)) visitor.wrong('another reason', answer.text);
  if (answer.errors.length === 0) visitor.wrong('no reason', answer.text);
}

/** Keys and nulls: nothing that was read. */
function onlyNull(data: AnswerData | null | undefined): boolean {
  const { id, accountId, regionId, instanceId, ...rest }: Row = data?.instance ?? {};
  return data?.instances === null && Object.values(rest).every((value) => value === null);
}

/** A reader of one region sees its backups, and no link to any of them. */
export async function askForLinks(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'links denied');
  const { instanceId, regionId } = oneOf(soak.known.clusters.filter((each) => each.regionId === 'cn-hangzhou'));
  const answer = await visitor.ask({
    query: `query Links($instanceId: String!, $regionId: String!) { instance(instanceId: $instanceId, regionId: $regionId) {
      clusterBackups(first: 5) { nodes { clusterBackupId shardBackups { nodes { backupId downloadUrl } } } } } }`,
    variables: { instanceId, regionId },
    token: soak.tokens.reader,
    expects: ['FORBIDDEN'],
    reads: (data) => (data.instance?.clusterBackups ? 1 : 0),
  });
  if (answer?.text.includes('http:')) visitor.wrong('a link', answer.text);
}

/** Clients that go away before they have their answer. */
export async function leave(soak: Soak): Promise<void> {
  const { instanceId, regionId } = oneOf(soak.known.clusters);
  const startTime = new Date(Date.now() - (1 + below(40)) * 86_400_000).toISOString();
  await new Visitor(soak, 'leaving').ask({
    query: `query Leave($instanceId: String!, $regionId: String!, $startTime: DateTime) {
      instance(instanceId: $instanceId, regionId: $regionId) {
        clusterBackups(first: 50, startTime: $startTime) { totalCount nodes { ${backupFields({ shards: true })} } } } }`,
    variables: { instanceId, regionId, startTime },
    noCache: sometimes(0.3),
    leavesAfterMs: 1 + below(60),
  });
}

/** Requests that make no sense, and what is said of each. */
export async function misuse(soak: Soak): Promise<void> {
  const visitor = new Visitor(soak, 'misuse');
  const { instanceId, regionId } = oneOf(soak.known.clusters);
  const on = (fields: string, id = instanceId, region = regionId): Question => ({
    query: `{ instance(instanceId: "${id}", regionId: "${region}") { ${fields} } }`,
  });
  const page = (paging: string) => on(`clusterBackups(${paging}) { nodes { status } }`);
  const cases: readonly [question: Question, code: string, status: number][] = [
    [{ query: '', body: '{"query": ' }, 'BAD_USER_INPUT', 400],
    [{ query: '{ instance(' }, 'GRAPHQL_PARSE_FAILED', 400],
    [{ query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED', 400],
    [{ query: '{ viewer { subject } }', token: 'a.b.c' }, 'UNAUTHENTICATED', 401],
    [page('first: -1'), 'BAD_USER_INPUT', 200],
    [page('first: 2, last: 2'), 'BAD_USER_INPUT', 200],
    [page('first: 2, after: "bm90IGEgY3Vyc29y"'), 'BAD_USER_INPUT', 200],
    [{ query: '{ node(id: "nothing") { id } }' }, 'BAD_USER_INPUT', 200],
    [on('clusterBackups { nodes { status } }', 'r-bp1nosuchinstance0'), 'NOT_FOUND', 200],
    [on('name', instanceId, 'xx-nowhere-1'), 'BAD_USER_INPUT', 200],
  ];
  const [question, code, status] = oneOf(cases);
  const answer = await visitor.ask({ ...question, expects: [code] });
  if (!answer || answer.status === 503) return;
  const details = { question, status: answer.status, text: answer.text };
  // Whether an instance exists, only the upstream knows.
  const codes = answer.errors.map((error) => error.extensions?.code);
  if (codes.length !== 1 || (codes[0] !== code && code !== 'NOT_FOUND')) visitor.wrong(`not ${code} alone`, details);
  if (answer.status !== status) visitor.wrong(`not ${status}`, details);
}
