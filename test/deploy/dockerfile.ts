/** A stage of a Dockerfile; one that begins with another has its instructions too. */
export interface Stage {
  /** An image. */
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
      const begun = stages.find((stage) => stage.name === base);
      stages.push({ base: begun?.base ?? base, name, instructions: [...(begun?.instructions ?? [])] });
    } else stages.at(-1)?.instructions.push({ keyword, rest });
  }
  return stages;
}
