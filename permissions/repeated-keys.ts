import { within } from './policy-fault.ts';

/** Places of keys that stand twice in one object of a text that is JSON. A walk without recursion, so depth does not matter. */
export function findRepeatedKeys(json: string): string[] {
  const repeated: string[] = [];
  const open: Container[] = [];
  for (const [token] of json.matchAll(TOKEN)) {
    const current = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), key: '', expectsKey: true });
    else if (token === '[') open.push({ index: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (current === undefined) continue;
    else if ('index' in current) {
      if (token === ',') current.index += 1;
    } else if (token === ',') current.expectsKey = true;
    else if (current.expectsKey) {
      current.key = JSON.parse(token) as string;
      current.expectsKey = false;
      if (current.keys.has(current.key) && repeated.length < MOST_KEPT) repeated.push(placeOf(open));
      current.keys.add(current.key);
    }
  }
  return repeated;
}

type Container = { keys: Set<string>; key: string; expectsKey: boolean } | { index: number };

const TOKEN = /[{}[\],]|"(?:[^"\\]|\\.)*"/g;
const MOST_KEPT = 100;

function placeOf(open: readonly Container[]): string {
  return open.reduce((place, container) => within(place, 'index' in container ? container.index : container.key), '');
}
