/** A stage of a Dockerfile. */
export interface Stage {
  base: string;
  name: string | undefined;
  instructions: { keyword: string; rest: string }[];
}

/** Reads a Dockerfile of one line an instruction. */
export function dockerfileStages(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, keyword = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (keyword === '') throw new Error(`not understood: ${line}`);
    if (keyword === 'FROM') {
      const [base = '', , name] = rest.split(' ');
      stages.push({ base, name, instructions: [] });
    } else stages.at(-1)?.instructions.push({ keyword, rest });
  }
  return stages;
}
