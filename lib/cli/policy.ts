import { readFile, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { command, CommandFailure, EXIT, only, printable, table, wrongUse } from './command';

const mostBytes = 20 * 1024 * 1024;

export const policySuggest = command(`countersign policy suggest FILE [--goal TEXT | --goal-file FILE] [--domain DOMAIN]… [--out FILE] [--json]

Writes a starter policy for the tools in FILE: MCP's answer to tools/list, or a list of tools with name, description, inputSchema
and annotations ("-" reads standard input). Offline; nothing is published.

  --goal TEXT       what the user wants, in a sentence or several: what it asks for may run where the arguments that matter are the
                    user's own; what it does not speak of is asked or denied. Without it, reading may run and all else is asked.
  --goal-file FILE  the same, from a file
  --domain DOMAIN   one of the organisation's own domains, for the bundle; may be given several times
  --out FILE        writes the whole bundle there as JSON, to be looked at, changed and published
  --json            one JSON object on the last line, the bundle in it

What it prints is each tool with its verdict, the rules, and what a person should look at. A generated policy is a draft.
`, { goal: { type: 'string' }, 'goal-file': { type: 'string' }, domain: { type: 'string', multiple: true }, out: { type: 'string' } }, async (values, positionals) => {
  const file = only(positionals, 'a file of tools');
  if (values.goal !== undefined && values['goal-file'] !== undefined) throw wrongUse('Give --goal or --goal-file, not both.');
  const goal = values['goal-file'] === undefined ? values.goal : await readText(values['goal-file']);
  if (goal !== undefined && goal.trim() === '') throw wrongUse('The goal is empty. Leave it out for a policy of the tools alone.');
  const { suggestPolicy, suggestedBundle, toolListSchema, validateBundle } = await import('@/lib/policies');
  const list = toolListSchema.safeParse(parsed(await readText(file), file));
  if (!list.success) throw new CommandFailure(`${file} is no list of tools: ${list.error.issues[0]?.path.join('.') || 'it'} ${list.error.issues[0]?.message}.`, EXIT.refused);
  const suggestion = suggestPolicy({ goal, tools: list.data });
  const verdict = validateBundle(draft());
  if (!verdict.ok) throw new CommandFailure(`What was generated does not validate: ${verdict.findings.find((finding) => finding.level === 'error')?.message}. Please report this.`, EXIT.refused);
  if (values.out !== undefined) await writeNew(values.out, `${JSON.stringify(verdict.bundle, null, 2)}\n`);
  return {
    json: { bundle: verdict.bundle, verdicts: suggestion.verdicts, notes: suggestion.notes, findings: verdict.findings.map(({ level, path, message }) => ({ level, path, message })), ...(values.out === undefined ? {} : { out: values.out }) },
    text: [
      table([['TOOL', 'DOES', 'VERDICT', 'WHY'], ...suggestion.verdicts.map((one) => [one.name, one.act, spoken[one.effect], one.reason])]),
      values.out === undefined ? Object.entries(suggestion.policies).map(([id, { text }]) => `// ${id}\n${printableLines(text)}\n`).join('\n') : `The bundle: ${values.out}\n`,
      `Look at this before you publish it:\n${['It is a draft: read every rule that allows.', ...suggestion.notes].map((note) => `- ${printable(note)}\n`).join('')}`,
    ].join('\n'),
  };

  function draft() {
    try {
      return suggestedBundle(suggestion, values.domain === undefined ? {} : { organisation: { name: values.domain[0] ?? 'Example', domains: values.domain } });
    } catch (error) {
      throw error instanceof z.ZodError ? new CommandFailure(`That makes no bundle: ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}.`, EXIT.refused) : error;
    }
  }
});

const spoken = { allow: 'allow', ask: 'ask', deny: 'deny', 'allow-or-ask': 'allow if from the user, else ask' } as const;
const printableLines = (text: string) => text.split('\n').map(printable).join('\n');

async function readText(file: string): Promise<string> {
  try {
    if (file === '-') {
      let text = '';
      process.stdin.setEncoding('utf8');
      for await (const chunk of process.stdin) { text += chunk; if (text.length > mostBytes) throw new Error('it is larger than 20 MB'); }
      return text;
    }
    if ((await stat(file)).size > mostBytes) throw new Error('it is larger than 20 MB');
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${error instanceof Error ? error.message : 'unknown error'}.`, EXIT.refused);
  }
}

function parsed(text: string, file: string): unknown {
  try { return JSON.parse(text); } catch (error) { throw new CommandFailure(`${file} is no JSON: ${(error as Error).message}.`, EXIT.refused); }
}

/** Never over a file that is there: it may be the bundle in use. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it is there already' : (error as Error).message}.`, EXIT.refused);
  }
}
