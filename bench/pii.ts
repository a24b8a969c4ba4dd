// Measures the detectors of secrets and personal data on labelled texts: `npm run bench -- pii FILE… [--least 0.5] [--json]`. Precision, recall and F1 per type
// and source, twice: of all that is seen at any score, and of what flags a text (score 0.5, or --least). How long they take on 4 KB is measured on the same texts.
import { canaryDetector } from '@/lib/inspect/detectors/canary';
import { egress } from '@/lib/inspect/detectors/egress';
import { personalData } from '@/lib/inspect/detectors/personal-data';
import { secrets } from '@/lib/inspect/detectors/secrets';
import type { About } from '@/lib/inspect/detector';
import { checksumTypes, isPersonal, plain } from './pii/labels';
import { readRows } from './pii/rows';
import { f1, precision, recall, scorePersonal, scoreSecrets, sum, type Looked, type Tally } from './pii/score';
import { median } from '@/lib/testing/compare-times';
import { aimed, figureOf, quantile, rounded } from './report/figures';
import { finish, numberOption, table } from './report/print';

const files = process.argv.slice(2).filter((word, i, all) => !word.startsWith('--') && all[i - 1] !== '--least');
if (files.length === 0) { console.error('Which files? npm run bench -- pii FILE… [--least 0.5] [--json]'); process.exit(2); }
const least = numberOption('least', 0.5);
const about: About = { channel: 'result', trusted: false, canary: `csc-${'7f3a09c5e1d2b846'.repeat(2)}`, delimiter: 'data-0', domains: ['example.org'] };

const rows: Looked[] = (await Promise.all(files.map(readRows))).flat().map((row) => ({ ...row, secrets: secrets.see(row.text, about), personal: personalData.see(row.text, about) }));
// A source that labels more secrets than people is one of secrets; a row without a label belongs to its source.
const isSecretSource = new Map([...new Set(rows.map(({ source }) => source))].map((source) => {
  const types = rows.filter((row) => row.source === source).flatMap(({ spans }) => spans.map(({ type }) => type));
  return [source, types.filter((type) => !isPersonal(type)).length * 2 > types.length];
}));
const personalAbout = new Set(rows.filter(({ spans }) => spans.some(({ type }) => isPersonal(type))).map(({ source, about: tested }) => `${source} ${tested}`));
const ofSecrets = rows.filter((row) => isSecretSource.get(row.source) && !personalAbout.has(`${row.source} ${row.about}`));
const ofPeople = rows.filter((row) => !ofSecrets.includes(row));

const percent = (value: number) => (Number.isNaN(value) ? '–' : (100 * value).toFixed(1));
const columns = (tally: Tally) => [percent(precision(tally)), percent(recall(tally)), percent(f1(tally))];
const head = ['labels', 'seen: P', 'R', 'F1', `from ${least}: P`, 'R', 'F1'];
const line = (name: string, seen: Tally, flagged: Tally, more: (string | number)[] = []) => [name, seen.spans, ...columns(seen), ...columns(flagged), ...more];

const seenSecrets = scoreSecrets(ofSecrets, 0);
const flaggedSecrets = scoreSecrets(ofSecrets, least);
const sources = [...new Set(ofSecrets.map(({ source }) => source))];
const ofSource = (tallies: Map<string, Tally>, source: string) => sum([...tallies].filter(([key]) => key.startsWith(`${source} · `)).map(([, tally]) => tally));
if (ofSecrets.length > 0) {
  console.log(`Secrets, by what a row tests (any secret seen in a labelled span finds it)\n${table(['source · type', ...head], [...flaggedSecrets].sort(([a], [b]) => a.localeCompare(b)).map(([key, tally]) => line(key, seenSecrets.get(key)!, tally)))}\n`);
  console.log(`${table(['source', ...head], [...sources.map((source) => line(source, ofSource(seenSecrets, source), ofSource(flaggedSecrets, source))), line('all', sum(seenSecrets.values()), sum(flaggedSecrets.values()))])}\n`);
}
const seenPersonal = scorePersonal(ofPeople, 0);
const flaggedPersonal = scorePersonal(ofPeople, least);
const isChecked = (type: string) => checksumTypes.has(plain(type));
if (ofPeople.length > 0) {
  console.log(`Personal data, by type (* with a checksum; elsewhere: seen in rows about other types, which are not labelled for it)\n${table(['type', ...head, 'elsewhere', 'flagged'], [...seenPersonal].sort(([a], [b]) => Number(isChecked(b)) - Number(isChecked(a)) || a.localeCompare(b)).map(([type, tally]) => line(`${type}${isChecked(type) ? ' *' : ''}`, tally, flaggedPersonal.get(type)!, [tally.elsewhere, flaggedPersonal.get(type)!.elsewhere])))}\n`);
}
const checked = (tallies: Map<string, Tally>) => [...tallies].filter(([type]) => isChecked(type)).map(([, tally]) => tally);
const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;

// Times: the rows' texts one after another, in pieces of 4 KB, each looked at several times; the first round only warms up.
const long = rows.map(({ text }) => text).join('\n');
const pieces = Array.from({ length: Math.min(60, Math.max(1, Math.floor(long.length / 4_096))) }, (_, i) => long.slice(i * 4_096, (i + 1) * 4_096));
const times = [secrets, personalData, canaryDetector, egress].map((detector) => {
  const taken: number[][] = pieces.map(() => []);
  for (let round = 0; round < 12; round++) {
    pieces.forEach((piece, i) => {
      const from = performance.now();
      detector.see(piece, { ...about, channel: 'argument' });
      if (round > 2) taken[i]!.push(performance.now() - from);
    });
  }
  // A piece's time is the median of nine looks: what another process takes in between is not the detector's.
  return { id: detector.id, sorted: taken.map(median).sort((a, b) => a - b) };
});
console.log(`Time on ${pieces.length} pieces of 4 KB, the median of nine looks at each (ms)\n${table(['detector', 'p50', 'p95', 'p99', 'max'], times.map(({ id, sorted }) => [id, ...[0.5, 0.95, 0.99, 1].map((q) => quantile(sorted, q).toFixed(2))]))}\n`);

const share = (name: string, value: number) => figureOf(name, 'F1', [rounded(value)]);
finish('pii', [
  ...(ofSecrets.length > 0 ? [aimed(share('secrets seen', f1(sum(seenSecrets.values()))), '≥ 0.85', f1(sum(seenSecrets.values())) >= 0.85), share(`secrets from ${least}`, f1(sum(flaggedSecrets.values())))] : []),
  ...(checked(seenPersonal).length > 0 ? [aimed(share('checksum types seen, mean over types', mean(checked(seenPersonal).map(f1))), '≥ 0.9', mean(checked(seenPersonal).map(f1)) >= 0.9), share(`checksum types from ${least}, mean over types`, mean(checked(flaggedPersonal).map(f1)))] : []),
  ...(ofPeople.length > 0 ? [share('personal data seen', f1(sum(seenPersonal.values())))] : []),
  ...times.map(({ id, sorted }) => aimed(figureOf(`${id} on 4 KB, p95`, 'ms', [quantile(sorted, 0.95)]), '< 1', quantile(sorted, 0.95) < 1)),
], { files, rows: rows.length });
