import { burst, type Seen } from '../client.ts';
import { CONTENDERS, type Running, startAll } from '../contenders.ts';
import { fewer } from '../measure.ts';
import { bigRead } from '../operations.ts';
import { atMost, type Section } from '../section.ts';
import { administratorToken, Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import { type Table, whole } from '../table.ts';
import type { Target } from '../target.ts';
import { anyPlace, startUpstreamProcess } from '../upstreams.ts';

const { gateway, mercurius, yoga, hive } = CONTENDERS;

const AT_ONCE = 1_000;
const DELAY_MS = 20;

/** What is asked of one server, and what was seen in each round. */
interface Question {
  running: Running;
  asked: string;
  headers: (round: number) => Promise<Target['headers'][] | undefined>;
  seen: (Seen & { calls: number })[];
}

export const identical: Section = {
  name: 'identical',
  title: `${whole(AT_ONCE)} identical queries at once`,
  text: `The big read, on ${whole(AT_ONCE)} connections that are open already, of an instance that nobody has asked for, from an upstream of ${DELAY_MS} ms.
Of the gateway it is also asked by ${whole(AT_ONCE)} principals, each with a token that is seen for the first time. The time is from the first byte sent
until the last answer has come.`,
  async run({ pace, peers, tell }) {
    const { rounds } = fewer(pace);
    await using stage = new Stage();
    const upstream = await startUpstreamProcess(stage, { delayMs: DELAY_MS });
    const contenders = [gateway, ...(peers ? [mercurius, yoga, hive] : [])];
    const running = await startAll(stage, contenders, { kind: 'upstream', upstream: upstream.url });
    const questions: Question[] = running.map((one) => questionOf(one, 'by one principal', async () => undefined));
    const ours = running[0] as Running;
    questions.splice(1, 0, questionOf(ours, `by ${whole(AT_ONCE)} principals`, principals));
    for (let round = 0; round <= rounds; round++) {
      tell(`round ${round} of ${rounds}`);
      for (const [index, question] of questions.entries()) {
        const target = question.running.target(bigRead(anyPlace(`r-round${round}question${index}`)));
        const headers = await question.headers(round);
        const before = await upstream.calls();
        const seen = await burst(target, AT_ONCE, headers);
        if (round > 0) question.seen.push({ ...seen, calls: (await upstream.calls()) - before });
      }
    }
    const most = ({ seen }: Question) => Math.max(...seen.map(({ calls }) => calls));
    const [one, many] = questions as [Question, Question];
    return {
      tables: [{ table: tableOf(questions) }],
      holds: [
        atMost(`${whole(AT_ONCE)} identical queries at once: upstream calls`, 2, most(one), 0),
        atMost(`the same of ${whole(AT_ONCE)} principals: upstream calls`, 2, most(many), 0),
      ],
    };
  },
};

function questionOf(running: Running, asked: string, headers: Question['headers']): Question {
  return { running, asked, headers, seen: [] };
}

function principals(round: number): Promise<Target['headers'][]> {
  const tokens = Array.from({ length: AT_ONCE }, (_, index) => administratorToken(`round-${round}-${index}`));
  return Promise.all(
    tokens.map(async (token) => ({ 'content-type': 'application/json', authorization: `Bearer ${await token}` })),
  );
}

function tableOf(questions: readonly Question[]): Table {
  const head = ['server', 'asked', 'upstream calls', 'ms for all', 'p50 ms', 'p99 ms'];
  const rows = questions.map(({ running, asked, seen }) => [
    running.contender.name,
    asked,
    whole(median(seen.map(({ calls }) => calls))),
    ...(['ms', 'p50', 'p99'] as const).map((name) => whole(median(seen.map((one) => one[name])))),
  ]);
  return [head, ...rows];
}
