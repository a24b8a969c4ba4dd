import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { attackCases } from '@/lib/attacks';
import { attackClasses, localCaseSchema, type AttackCase, type LocalCase } from '@/lib/attacks/schema';
import { validateBundle, type Bundle } from '@/lib/policies';

export const usage = `npm run attack [-- --seed N] [--class NAME] [--case ID] [--cases FILE|FOLDER] [--bundle FILE] [--record] [--json]

Runs the attack suite through a gate of its own: every case once with the attack and once without, each in a session of the real SDK.

  --seed     what names and addresses are drawn by, 0 to 4294967295; another one each time without it.
  --class    only this class: ${attackClasses.join(', ')}.
  --case     only the case with this id.
  --cases    also these cases of your own, as "countersign attack add" writes them.
  --bundle   runs this bundle instead of the starter bundle, e.g. a draft that is to be published.
  --record   runs the bundle that is in force here (DATA_DIR), and puts the run on its record. The whole suite only.

Exit code: 0 every threshold of the bundle was proven (of a single case: it went as it should), 1 one was not, 2 wrong use.`;

/** `single`: one case proves no share, and is only looked at. */
export type Options = { seed: number; cases: (AttackCase | LocalCase)[]; bundle?: Bundle; record: boolean; single: boolean };

/** Reads the command line; a string says what is wrong with it. */
export function readOptions(argv: string[]): Options | string {
  let values;
  try {
    ({ values } = parseArgs({ args: argv, options: { seed: { type: 'string' }, class: { type: 'string' }, case: { type: 'string' }, cases: { type: 'string', multiple: true }, bundle: { type: 'string' }, record: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }, strict: true }));
  } catch (error) {
    return (error as Error).message;
  }
  if (values.help) return '';
  const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) return '--seed takes a whole number from 0 to 4294967295.';
  if (values.class !== undefined && !attackClasses.some((name) => name === values.class)) return `--class is one of ${attackClasses.join(', ')}.`;
  const own = (values.cases ?? []).flatMap(readCases);
  const wrong = own.find((one) => typeof one === 'string');
  if (wrong !== undefined) return wrong;
  const all = [...attackCases, ...own.filter((one) => typeof one !== 'string')];
  const cases = all.filter((one) => (values.class === undefined || one.class === values.class) && (values.case === undefined || one.id === values.case));
  if (cases.length === 0) return 'No case is of that class and id.';
  const whole = values.class === undefined && values.case === undefined;
  if (values.record && (!whole || own.length > 0)) return '--record is for the whole suite as it comes with the product, so that runs can be compared.';
  if (values.record && values.bundle !== undefined) return '--record is for the bundle that is in force here; a draft has no record yet.';
  const bundle = values.bundle === undefined ? undefined : readBundle(values.bundle);
  if (typeof bundle === 'string') return bundle;
  return { seed, cases, ...(bundle ? { bundle } : {}), record: values.record === true, single: values.case !== undefined };
}

function readBundle(file: string): Bundle | string {
  try {
    const verdict = validateBundle(JSON.parse(readFileSync(file, 'utf8')));
    if (verdict.ok) return verdict.bundle;
    const errors = verdict.findings.filter((finding) => finding.level === 'error');
    return `${file} is no bundle: ${errors.slice(0, 3).map((one) => `${one.path} ${one.message}`).join('; ')}`;
  } catch (error) {
    return `${file} cannot be read: ${(error as Error).message}`;
  }
}

function readCases(place: string): (LocalCase | string)[] {
  if (!existsSync(place)) return [`${place} is not there.`];
  const files = statSync(place).isDirectory() ? readdirSync(place).filter((name) => name.endsWith('.json')).sort().map((name) => path.join(place, name)) : [place];
  return files.map((file) => {
    try {
      const parsed = localCaseSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      return parsed.success ? parsed.data : `${file} is no case: ${parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('/') || 'it'} ${issue.message}`).join('; ')}`;
    } catch (error) {
      return `${file} cannot be read: ${(error as Error).message}`;
    }
  });
}
