// The attack suite: `npm run attack`. Every case through a real gateway on a real Postgres, by the real SDK, with the starter bundle or the one in force here.
import { hash } from 'node:crypto';
import { z } from 'zod';
import { askWorker } from '@/lib/cli/ask-worker';
import { runAttacks, runRows, runTable, suiteHash } from '@/lib/attacks';
import { countRun, failuresOf, missesOf } from '@/lib/attacks/rules';
import { bundleSchema, starterBundle } from '@/lib/policies';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { readOptions, usage } from './attack/options';
import { commit, table } from './report/print';
import { setStage } from './stage/stage';

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  (options === '' ? console.log : console.error)(options === '' ? usage : `${options}\n\n${usage}`);
  process.exit(options === '' ? 0 : 2);
}
const { cases, seed } = options;
const inForce = options.record ? await askWorker('attack-bundle', {}, z.object({ bundle: bundleSchema, sha256: z.string() })) : undefined;
const given = inForce?.bundle ?? options.bundle;
const bundle = given ?? starterBundle();
const about = { sequence: bundle.sequence, sha256: inForce?.sha256 ?? hash('sha256', canonicalJson(bundle), 'hex') };
const home = bundle.organisation.domains[0]!;
console.log(`${cases.length} cases, seed ${seed}, bundle ${about.sequence} (${about.sha256.slice(0, 12)}, "${bundle.name}").`);

const stage = await setStage(0);
try {
  // The stage has begun with a first bundle of its own.
  if (given) await stage.publish({ ...bundle, sequence: Math.max(2, bundle.sequence) });
  const gateway = await stage.startGateway();
  const from = performance.now();
  const played = await runAttacks({ url: gateway.target.url, createAgent: stage.createAgent }, { cases, seed, home });
  const counts = countRun(played);
  const { head, rows } = runTable(counts);
  console.log(`\n${table(head, rows)}\n\n${played.length} sessions in ${((performance.now() - from) / 1000).toFixed(1)} s`);
  const failures = failuresOf(played);
  if (failures.length > 0) console.log(`\n${failures.map(({ id, side, why }) => `${side === 'attack' ? 'PASSED ' : 'benign '}  ${id}: ${why}`).join('\n')}`);
  const misses = options.single ? [] : missesOf(counts, bundle.attackSuite);
  const ok = options.single ? failures.length === 0 : misses.length === 0;
  for (const miss of misses) console.log(`MISSED   ${miss}`);
  if (options.record) {
    const run = { bundle: about, suite: { cases: cases.length, sha256: suiteHash(cases) }, version: commit(), seed, classes: Object.fromEntries(counts) };
    const recorded = await askWorker('attack-record', run, z.object({ runId: z.string(), held: z.boolean(), misses: z.array(z.string()) }));
    console.log(`\nOn the record as run ${recorded.runId}: ${recorded.held ? 'held' : 'not held'}.`);
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'attack', commit: commit(), seed, bundle: about, suite: suiteHash(cases), rows: runRows(counts), failures, misses, ok }));
  process.exitCode = ok ? 0 : 1;
} finally {
  await stage.stop();
}
process.exit();
