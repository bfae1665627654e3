import { CONTENDERS, type Contender, startAll } from '../contenders.ts';
import { fewer } from '../measure.ts';
import { atMost, type Section } from '../section.ts';
import { Stage } from '../stage.ts';
import { median } from '../statistics.ts';
import { fixed, type Table, whole } from '../table.ts';
import { anyPlace, startUpstreamProcess } from '../upstreams.ts';
import { type Direction, type Walk, walk } from '../walk.ts';

const { gateway, mercurius, yoga } = CONTENDERS;

const BACKUPS = 3_000;
const SIZE = 100;
/** How many pages stand for one end of a walk. */
const END_PAGES = 5;

interface Walked {
  forwards: Walk[];
  backwards: Walk[];
  missed: number;
}

export const deepPaging: Section = {
  name: 'deep-paging',
  title: 'Deep paging',
  text: `Through ${whole(BACKUPS)} backups, ${SIZE} a page, to the far end and back, one page after the other, with nothing from a cache. The gateway
goes by cursors; the others by the numbers of the upstream’s pages, which is the least that a server can do, and cannot tell whether there is
another page. “Missed” is what a walk does not show of the backups that are there throughout, when the newest one is deleted after each page.`,
  async run({ pace, peers, tell }) {
    const { rounds } = fewer(pace);
    await using stage = new Stage();
    const upstream = await startUpstreamProcess(stage, { backups: BACKUPS });
    const contenders = [gateway, ...(peers ? [mercurius, yoga] : [])];
    const running = await startAll(stage, contenders, { kind: 'upstream', upstream: upstream.url });
    const walked = new Map<Contender, Walked>();
    for (const { contender } of running) walked.set(contender, { forwards: [], backwards: [], missed: 0 });
    const options = { place: anyPlace('r-bench'), upstream, size: SIZE };
    for (let round = 0; round <= rounds; round++) {
      tell(`round ${round} of ${rounds}`);
      for (const one of running) {
        const there = await walk(one, 'forwards', options);
        const back = await walk(one, 'backwards', { ...options, from: there.end });
        if (there.ids.size !== BACKUPS || back.ids.size < BACKUPS - 1)
          throw new Error(`${one.contender.name} loses rows`);
        if (round === 0) continue;
        walked.get(one.contender)?.forwards.push(there);
        walked.get(one.contender)?.backwards.push(back);
      }
    }
    let left = BACKUPS;
    for (const one of running) {
      const { ids, pagesMs } = await walk(one, 'forwards', { ...options, afterPage: () => upstream.deleteNewest() });
      // What is deleted was on the first page, and shown by then.
      (walked.get(one.contender) as Walked).missed = left - ids.size;
      left -= pagesMs.length - 1;
    }
    const ours = walked.get(gateway) as Walked;
    return {
      tables: [{ table: tableOf(walked) }],
      holds: [
        atMost('deep paging forwards: upstream calls a page', 1, callsPerPage(ours.forwards)),
        atMost('deep paging backwards: upstream calls a page', 1, callsPerPage(ours.backwards)),
        atMost('deep paging: backups missed', 0, ours.missed, 0),
      ],
    };
  },
};

function tableOf(walked: ReadonlyMap<Contender, Walked>): Table {
  const head = ['server', 'walk', 'pages', 'calls/page', 'ms/page', 'first pages', 'last pages', 'missed'];
  const rowOf = (name: string, direction: Direction, walks: readonly Walk[], missed: string) => [
    name,
    direction,
    whole(median(walks.map(({ pagesMs }) => pagesMs.length))),
    fixed(callsPerPage(walks)),
    fixed(median(walks.flatMap(({ pagesMs }) => pagesMs))),
    fixed(median(walks.flatMap(({ pagesMs }) => pagesMs.slice(0, END_PAGES)))),
    fixed(median(walks.flatMap(({ pagesMs }) => pagesMs.slice(-END_PAGES)))),
    missed,
  ];
  const rows = [...walked].flatMap(([{ name }, { forwards, backwards, missed }]) => [
    rowOf(name, 'forwards', forwards, whole(missed)),
    rowOf(name, 'backwards', backwards, ''),
  ]);
  return [head, ...rows];
}

function callsPerPage(walks: readonly Walk[]): number {
  return median(walks.map(({ calls, pagesMs }) => calls / pagesMs.length));
}
