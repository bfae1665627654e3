import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';

/**
 * Renders a chart where there is no `helm`: of its templates' language only what this chart uses (values, `quote`, `toYaml`, `nindent`, `if`,
 * `range` over a map). Anything else raises an error, so a template cannot seem right by not being understood.
 */
export function renderChart(folder: string, changes: Record<string, unknown> = {}, release = 'backups'): Manifest[] {
  const chart = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) as { name: string; appVersion: string };
  const values = { ...(parse(readFileSync(join(folder, 'values.yaml'), 'utf8')) as object), ...changes };
  const scope = {
    Release: { Name: release },
    Chart: { Name: chart.name, AppVersion: chart.appVersion },
    Values: values,
  };
  const templates = join(folder, 'templates');
  return readdirSync(templates).flatMap((name) => {
    const text = render(tokens(readFileSync(join(templates, name), 'utf8')), scope, {});
    return parseAllDocuments(text, { strict: true }).map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS() as Manifest;
    });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into manifests freely
export type Manifest = Record<string, any>;

interface Token {
  action: boolean;
  text: string;
}

/** Text and `{{ actions }}`, with the white space taken away that a hyphen asks for. */
function tokens(source: string): Token[] {
  const parts = source.split(/(\{\{-?[\s\S]*?-?\}\})/);
  return parts.map((text, index) => {
    if (text.startsWith('{{')) return { action: true, text: text.replace(/^\{\{-?|-?\}\}$/g, '').trim() };
    const trimmedEnd = parts[index + 1]?.startsWith('{{-') ? text.trimEnd() : text;
    return { action: false, text: parts[index - 1]?.endsWith('-}}') ? trimmedEnd.trimStart() : trimmedEnd };
  });
}

type Variables = Record<string, unknown>;

function render(input: Token[], scope: object, variables: Variables): string {
  let output = '';
  for (let index = 0; index < input.length; index++) {
    const { action, text } = input[index] as Token;
    if (!action) output += text;
    else if (/^(if|range)\b/.test(text)) {
      const end = endOf(input, index);
      const body = input.slice(index + 1, end);
      const range = /^range (\$\w+), (\$\w+) := (\S+)$/.exec(text);
      if (range !== null) {
        const [, key = '', value = '', path = ''] = range;
        for (const [name, item] of Object.entries(lookUp(path, scope, variables) as object).sort()) {
          output += render(body, scope, { ...variables, [key]: name, [value]: item });
        }
      } else if (isTrue(lookUp(text.replace(/^if /, ''), scope, variables))) output += render(body, scope, variables);
      index = end;
    } else output += evaluate(text, scope, variables);
  }
  return output;
}

function endOf(input: Token[], start: number): number {
  let depth = 0;
  for (let index = start; index < input.length; index++) {
    const { action, text } = input[index] as Token;
    if (action && /^(if|range|with)\b/.test(text)) depth += 1;
    if (action && text === 'end') depth -= 1;
    if (depth === 0) return index;
  }
  throw new Error('a block without its end');
}

function evaluate(expression: string, scope: object, variables: Variables): string {
  const [first = '', ...filters] = expression.split('|').map((part) => part.trim());
  const yaml = /^toYaml (\S+)$/.exec(first);
  let value =
    yaml === null ? lookUp(first, scope, variables) : stringify(lookUp(yaml[1] ?? '', scope, variables)).trimEnd();
  for (const filter of filters) {
    const indent = /^nindent (\d+)$/.exec(filter);
    if (filter === 'quote') value = JSON.stringify(String(value));
    else if (indent !== null) value = `\n${String(value).replace(/^/gm, ' '.repeat(Number(indent[1])))}`;
    else throw new Error(`not understood: | ${filter}`);
  }
  return String(value);
}

function lookUp(path: string, scope: object, variables: Variables): unknown {
  const match = /^(\$\w+)?((?:\.\w+)*)$/.exec(path);
  if (match === null) throw new Error(`not understood: ${path}`);
  let value: unknown = match[1] === undefined ? scope : variables[match[1]];
  for (const name of (match[2] ?? '').split('.').slice(1)) {
    value = (value as Record<string, unknown> | undefined)?.[name];
    if (value === undefined) throw new Error(`there is no ${path}`);
  }
  return value;
}

function isTrue(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
