import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Anchor, readAnchor } from '@/lib/log/verify-anchor';
import { type VerifyResult, verifyExport } from '@/lib/log/verify-export';
import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { glueValues } from '@/lib/protocol/glue-values';
import { readPublicKeys } from '@/lib/signing/public-key-text';

export const VERIFY_USAGE = `countersign verify FILE --key KEY|FILE [--anchor FILE] [--json]

Checks an export of the log, offline: every change, gap, reordering, addition and cut is named.

  --key KEY|FILE   the public checkpoint key, from outside the export: the word that "countersign keys show checkpoint"
                   prints, or a file with it, a JWK, a JWK set or PEM. May be given several times after a rotation.
  --anchor FILE    checkpoints kept outside the database, one a line; shows a log that was set back or cut short.
  --json           one JSON object on the last line.

Exit code: 0 verified, 1 not what was signed, 2 cannot be read or wrong use, 3 UNTRUSTED KEY.
`;

const EXIT = { verified: 0, failed: 1, unusable: 2, untrusted_key: 3 } as const;

/** Where a command writes; text comes with its line feeds. */
export type VerifyIo = { out(text: string): void; err(text: string): void };

/** `countersign verify`: `argv` is what follows the command's name. Resolves to the exit code and never throws. */
export async function runVerify(argv: readonly string[], io: VerifyIo): Promise<number> {
  const json = argv.includes('--json');
  try {
    const input = await readInput(argv);
    if (input === 'help') {
      io.out(VERIFY_USAGE);
      return 0;
    }
    const result = await verifyExport(createReadStream(input.file, { highWaterMark: 1024 * 1024 }), input);
    io.out(json ? `${JSON.stringify({ ok: result.status === 'verified', ...result })}\n` : report(result));
    return EXIT[result.status];
  } catch (error) {
    const message = error instanceof VerifyInputError ? error.message : `The export cannot be read: ${error instanceof Error ? error.message : 'unknown error'}.`;
    if (json) io.out(`${JSON.stringify({ ok: false, status: 'unusable', sentence: message })}\n`);
    else io.err(`${message}\n`);
    return EXIT.unusable;
  }
}

class VerifyInputError extends Error {}

type Input = { file: string; keys: Map<string, VerificationKey> | undefined; anchor?: Anchor };

async function readInput(argv: readonly string[]): Promise<Input | 'help'> {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new VerifyInputError(`Name one export file.\n\n${VERIFY_USAGE}`);
  const keys = values.key && new Map((await Promise.all(values.key.map(readKeys))).flatMap((some) => [...some]));
  const anchor = values.anchor === undefined ? undefined : readAnchor(await readText(values.anchor, 'anchor file'), keys);
  return { file, keys, ...(anchor ? { anchor } : {}) };
}

function parse(argv: readonly string[]) {
  const options = { key: { type: 'string', multiple: true }, anchor: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: glueValues(argv, options), allowPositionals: true, options });
  } catch (error) {
    throw new VerifyInputError(`${(error as Error).message}\n\n${VERIFY_USAGE}`);
  }
}

/** The word itself, or the file of that name. */
async function readKeys(given: string): Promise<Map<string, VerificationKey>> {
  const keys = readPublicKeys(given) ?? readPublicKeys(await readText(given, 'key file'));
  if (!keys) throw new VerifyInputError(`${given} holds no Ed25519 public key.`);
  return keys;
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new VerifyInputError(`The ${what} ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`);
  }
}

function report(result: VerifyResult): string {
  if (result.status === 'verified') return `${result.sentence}\n`;
  const { events, streams, checkpoints } = result.summary;
  const title = result.status === 'untrusted_key' ? 'NOT VERIFIED: UNTRUSTED KEY' : `NOT VERIFIED: ${result.findings.length + result.more} finding${result.findings.length + result.more === 1 ? '' : 's'}`;
  const lines = result.findings.map(({ sentence }) => `  ${printable(sentence)}`);
  if (result.more > 0) lines.push(`  … and ${result.more} more.`);
  return `${title}\n${lines.join('\n')}\nRead: ${events} events in ${streams} streams, ${checkpoints} checkpoints.\n`;
}

/** Names in a file that somebody tampered with could steer the reader's terminal. */
const printable = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');
