import { parseArgs, type ParseArgsConfig } from 'node:util';
import { glueValues } from '@/lib/protocol/glue-values';

/** Where a command writes; text comes with its line feeds. */
export type CommandIo = { out(text: string): void; err(text: string): void };

export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** A command that could not be done; its message is for people and says what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  constructor(message: string, readonly exit: Exclude<(typeof EXIT)[keyof typeof EXIT], 0>) { super(message); }
}

export const wrongUse = (message: string) => new CommandFailure(message, EXIT.usage);

type Options = NonNullable<ParseArgsConfig['options']>;
const always = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: O & typeof always; allowPositionals: true; strict: true }>>;

/** What a command has to say: an object for programs, text for people. */
export type Said = { json: object; text: string; /** Where it was done and the answer is no: its exit code. */ exit?: number };

export type Command = { usage: string; run(argv: readonly string[], io: CommandIo): Promise<number> };

/** Makes a command of its options and its work: help, `--json` (one object, on the last line) and exit codes are the same for all. */
export function command<const O extends Options>(usage: string, options: O, work: (values: Parsed<O>['values'], positionals: string[], io: CommandIo) => Promise<Said>): Command {
  return {
    usage,
    async run(argv, io) {
      const json = argv.includes('--json');
      try {
        const { values, positionals } = parse(argv, { ...options, ...always });
        if ((values as { help?: boolean }).help) { io.out(usage); return EXIT.done; }
        const said = await work(values as Parsed<O>['values'], positionals, io);
        io.out(json ? `${JSON.stringify({ ok: true, ...said.json })}\n` : said.text);
        return said.exit ?? EXIT.done;
      } catch (error) {
        const failure = error instanceof CommandFailure ? error : new CommandFailure(`This failed: ${error instanceof Error ? error.message : 'unknown error'}.`, EXIT.refused);
        if (json) io.out(`${JSON.stringify({ ok: false, error: failure.message })}\n`);
        else io.err(failure.exit === EXIT.usage ? `${failure.message}\n\n${usage}` : `${failure.message}\n`);
        return failure.exit;
      }
    },
  };
}

function parse(argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: glueValues(argv, options), options, allowPositionals: true });
  } catch (error) {
    throw wrongUse((error as Error).message);
  }
}

/** The one thing that the command names. */
export function only(positionals: readonly string[], what: string): string {
  const [one, ...more] = positionals;
  if (one === undefined || more.length > 0) throw wrongUse(`Name ${what}, and one only.`);
  return one;
}

export function none(positionals: readonly string[]): void {
  if (positionals.length > 0) throw wrongUse(`"${positionals[0]}" means nothing here.`);
}

/** Text from elsewhere could steer the reader's terminal. */
export const printable = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');

/** Lines of columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = clean[0]?.map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0))) ?? [];
  return clean.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd()}\n`).join('');
}
