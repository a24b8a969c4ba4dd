// Learns the weights of the injection detector anew: `node --import tsx bench/train/injection.ts FILE…` (injection_text rows). Writes numbers only,
// to lib/inspect/detectors/injection/weights.ts. The rows must be free to learn from (MIT, Apache-2.0); none of their text is kept.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { featureNames } from '@/lib/inspect/detectors/injection/features';
import { trained } from '@/lib/inspect/detectors/injection/weights';
import { projectRoot } from '@/lib/project-root';
import { casesOf, modelFrom } from '../detect/cross';
import { readRows } from '../detect/rows';
import { documentsIn } from './documents';

const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (files.length === 0) { console.error('From which cases? node --import tsx bench/train/injection.ts FILE…'); process.exit(2); }
const { texts } = await readRows(files);
const model = modelFrom(casesOf([...texts, ...documentsIn(path.join(projectRoot(), 'node_modules'), texts.map((row) => row.text))]));
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
const named = featureNames.map((name, i) => [name, rounded(model.weights[i]!)] as const).filter(([, weight]) => weight !== 0);
const file = path.join(projectRoot(), 'lib/inspect/detectors/injection/weights.ts');
writeFileSync(file, `/**
 * What bench/train/injection.ts wrote; not to be edited by hand. A number for each sign, learned from public benchmarks under the MIT and Apache-2.0
 * licences, the READMEs of installed packages under such licences and texts of our own; no text of theirs is in it.
 */
export const trained: { version: number; bias: number; weights: Readonly<Record<string, number>> } = {
  version: ${trained.version + 1},
  bias: ${rounded(model.bias)},
  weights: {
${named.map(([name, weight]) => `    '${name}': ${weight},`).join('\n')}
  },
};
`);
console.log(`${named.length} weights from ${texts.length} texts: ${path.relative(process.cwd(), file)}`);
