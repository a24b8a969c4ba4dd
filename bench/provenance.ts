// How long it takes to say where an action's arguments came from: `npm run bench -- provenance [--rounds 5] [--actions 400]`.
import { fold, SeenTexts, traceArguments } from '@/lib/provenance';
import { makeAction, makeWriter, sessionTexts } from './provenance/texts';
import { aimed, figureOf, quantile, type Figure } from './report/figures';
import { finish, numberOption, table } from './report/print';

const KB = 1_024;
const SIZES = [['20 KB', 20 * KB], ['200 KB', 200 * KB], ['2 MB', 2_048 * KB]] as const;
const rounds = numberOption('rounds', 5);
const actions = numberOption('actions', 400);
const figures: Figure[] = [];
let traced = 0;
let attributed = 0;

for (const [name, size] of SIZES) {
  const times = { p50: [] as number[], p95: [] as number[], p99: [] as number[], max: [] as number[], includes: [] as number[], adding: [] as number[], bytes: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const writer = makeWriter(1_000 * round + size);
    const texts = sessionTexts(writer, size);
    const from = performance.now();
    const seen = new SeenTexts();
    texts.forEach(({ origin, text }, i) => seen.add(i + 1, origin, [text]));
    const adding = performance.now() - from;
    const folded = texts.map(({ text }) => fold(text).text);
    const own: number[] = [];
    const plain: number[] = [];
    for (let i = 0; i < actions; i++) {
      const action = makeAction(writer, texts);
      // In turns, so that what slows the machine slows both.
      own.push(timed(() => { for (const { seq } of Object.values(traceArguments(action, seen))) { traced++; if (seq !== undefined) attributed++; } }));
      if (i % 8 === 0) plain.push(timed(() => comparedWithAll(action, folded)));
    }
    // The first round only warms up.
    if (round === 0) continue;
    own.sort((a, b) => a - b);
    plain.sort((a, b) => a - b);
    for (const [part, q] of [['p50', 0.5], ['p95', 0.95], ['p99', 0.99], ['max', 1]] as const) times[part].push(quantile(own, q));
    times.includes.push(quantile(plain, 0.95));
    times.adding.push((adding / size) * KB * 1_000);
    times.bytes.push(seen.segments.reduce((sum, { rows, longRows, weight }) => sum + rows.byteLength + longRows.byteLength + weight, 0) / size);
  }
  figures.push(figureOf(`p50, ${name} seen`, 'ms', times.p50));
  const p95 = figureOf(`p95, ${name} seen`, 'ms', times.p95, times.includes);
  figures.push(size === 2_048 * KB ? aimed(p95, '< 3 ms', p95.value < 3) : p95, figureOf(`p99, ${name} seen`, 'ms', times.p99));
  const max = figureOf(`max, ${name} seen`, 'ms', times.max);
  figures.push(aimed(max, '< 50 ms', max.value < 50), figureOf(`adding a kilobyte, ${name} in all`, 'µs', times.adding), figureOf(`kept for a character, ${name}`, 'bytes', times.bytes));
}
const [small, , large] = ['20 KB', '200 KB', '2 MB'].map((name) => figures.find((figure) => figure.name === `p95, ${name} seen`)!);
const growth = figureOf('p95 with a hundred times the text', 'ms', [large!.value], [small!.value]);
figures.push(aimed(growth, '≤ 20 × (sub-linear)', growth.ratio! <= 20));

console.log(table(['', 'median', 'unit', 'smallest', 'largest', 'includes p95', 'ratio'], figures.map((one) => [one.name, one.value, one.unit, ...one.spread, one.baseline ?? '', one.ratio ?? ''])));
console.log(`${traced} arguments traced, ${attributed} of them to a text\n`);
finish('provenance', figures);

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

/** What it would take without an index: every argument, its words that look like addresses or numbers, and of long ones every eighth window of 24 characters, in every text. */
function comparedWithAll(action: Record<string, unknown>, texts: readonly string[]): number {
  let found = 0;
  for (const value of Object.values(action)) {
    const { text } = fold(String(value));
    const pieces = [text, ...(text.match(/\S*[@\d]\S*/g) ?? [])];
    for (let at = 0; at + 24 <= text.length; at += 8) pieces.push(text.slice(at, at + 24));
    for (const piece of pieces) for (const one of texts) if (one.includes(piece)) found++;
  }
  return found;
}
