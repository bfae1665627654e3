import { fixed, whole } from '../table.ts';
import { type Grown, heldAt } from './dimension.ts';

const PANEL = { width: 230, height: 190 };
const COLUMNS = 4;
/** Around the plot of a panel. */
const MARGIN = { left: 44, right: 14, top: 34, bottom: 34 };
const LEGEND = 26;

/** A panel for each dimension: time and memory as multiples, both axes logarithmic, and a dashed line that is linear. */
export function growthDrawing(all: readonly Grown[]): string {
  const height = LEGEND + Math.ceil(all.length / COLUMNS) * PANEL.height;
  const panels = all.map((grown, index) => {
    const [x, y] = [(index % COLUMNS) * PANEL.width, LEGEND + Math.floor(index / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${panelOf(grown)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${COLUMNS * PANEL.width} ${height}" font-family="system-ui, sans-serif" font-size="11">
<title>How cost grows</title>
<style>
  text { fill: #3d444d } .title { font-weight: 600 } .axis { stroke: #d1d9e0 } .linear { stroke: #818b98; stroke-dasharray: 3 3 }
  polyline { fill: none; stroke-width: 2 } .time { stroke: #0969da } .memory { stroke: #bc4c00 } circle.time { fill: #0969da } circle.memory { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #d1d7e0 } .axis { stroke: #3d444d } .linear { stroke: #9198a1 }
    .time { stroke: #58a6ff } .memory { stroke: #f0883e } circle.time { fill: #58a6ff } circle.memory { fill: #f0883e }
  }
</style>
${legend()}
${panels.join('\n')}
</svg>
`;
}

function legend(): string {
  const entries = [
    ['time', 'processor time'],
    ['memory', 'memory'],
    ['linear', 'linear'],
  ] as const;
  return entries
    .map(([name, text], index) => {
      const x = MARGIN.left + index * 130;
      return `<line class="${name}" x1="${x}" x2="${x + 22}" y1="13" y2="13" stroke-width="2"/><text x="${x + 28}" y="17">${text}</text>`;
    })
    .join('');
}

/** Multiples of what there was at the first point. */
type Series = readonly { point: number; multiple: number }[];

function panelOf(grown: Grown): string {
  const { name, points } = grown;
  const [first = 1, last = 1] = [points[0], points.at(-1)];
  const [time, memory] = [timeSeries(grown), memorySeries(grown)];
  const highest = Math.max(4, ...[...time, ...memory].map(({ multiple }) => multiple));
  const [left, right] = [MARGIN.left, PANEL.width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, PANEL.height - MARGIN.bottom];
  const x = (count: number) => left + (Math.log(count / first) / Math.log(last / first)) * (right - left);
  const y = (multiple: number) => bottom - (Math.log(Math.max(1, multiple)) / Math.log(highest)) * (bottom - top);
  const reached = Math.min(last / first, highest);
  const line = (kind: 'time' | 'memory', series: Series) => {
    const places = series.map(({ point, multiple }) => [fixed(x(point), 1), fixed(y(multiple), 1)]);
    const dots = places.map(([cx, cy]) => `<circle class="${kind}" cx="${cx}" cy="${cy}" r="2.5"/>`);
    return `<polyline class="${kind}" points="${places.map((place) => place.join(',')).join(' ')}"/>${dots.join('')}`;
  };
  return [
    `<text class="title" x="${left}" y="18">${name}</text>`,
    `<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    `<line class="axis" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}"/>`,
    `<line class="linear" x1="${left}" y1="${bottom}" x2="${fixed(x(first * reached), 1)}" y2="${fixed(y(reached), 1)}"/>`,
    ...points.map(
      (point) => `<text x="${fixed(x(point), 1)}" y="${bottom + 15}" text-anchor="middle">${short(point)}</text>`,
    ),
    ...[1, highest].map(
      (at) => `<text x="${left - 6}" y="${fixed(y(at) + 4, 1)}" text-anchor="end">× ${short(at)}</text>`,
    ),
    line('memory', memory),
    line('time', time),
  ].join('');
}

function timeSeries({ points, costs }: Grown): Series {
  const [{ microseconds: first } = { microseconds: 1 }] = costs;
  return costs.map(({ microseconds }, index) => ({ point: points[index] ?? 1, multiple: microseconds / first }));
}

/** Begins on the line that is linear, at the first point where there is enough to tell. */
function memorySeries(grown: Grown): Series {
  const [first, ...rest] = heldAt(grown);
  if (first === undefined || rest.length === 0) return [];
  const begin = first.point / (grown.points[0] ?? 1);
  return [first, ...rest].map(({ point, bytes }) => ({ point, multiple: (begin * bytes) / first.bytes }));
}

function short(value: number): string {
  return value >= 1_000
    ? `${whole(value / 1_000)}k`
    : value < 10
      ? fixed(value, value % 1 === 0 ? 0 : 1)
      : whole(value);
}
