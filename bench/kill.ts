// Kills every process and the database, again and again, under load, and then holds what agents were told against what is on record.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import type { Victim } from './kill/installation';
import { runKills } from './kill/run-kills';
import { aimed, figureOf } from './report/figures';
import { finish, numberOption, table } from './report/print';

const rounds = numberOption('rounds', 20);
const rate = numberOption('rate', 500);
const entry = process.env.COUNTERSIGN_BUILT ?? path.join(projectRoot(), 'dist', 'server.js');
const only = process.argv.includes('--only') ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',') : undefined;
const victims = (['console', 'gateway', 'worker', 'control', 'postgres'] as Victim[]).filter((victim) => !only || only.includes(victim));
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-journal-'));
try {
  console.log(`Killing ${victims.join(', ')} ${rounds} times each, in random order, under ${rate} actions a second.`);
  const { recoveries, comparison, counts, seconds } = await runKills({ entry: ['--enable-source-maps', entry], victims, rounds, rate, agents: 50, journal: path.join(folder, 'journal'), say: (line) => console.log(line) });
  console.log(`\n${table(['killed', 'times', 'median s', 'longest s'], victims.map((victim) => { const { value, spread } = figureOf(victim, 's', recoveries[victim]!.map((ms) => ms / 1000)); return [victim, recoveries[victim]!.length, value, spread[1]]; }))}`);
  console.log(`\nIn ${seconds.toFixed(0)} s: ${counts.asked} actions asked, ${counts.skipped} not, since their agent was cut off or had its hands full; ${counts.lost} answers lost and ${counts.retried} asked again; ${counts.unknownStarts} tools not run, since it was not known whether they might.`);
  console.log(`Acknowledged ${comparison.acknowledged}, effects ${comparison.effects}, approvals promised ${comparison.pendingPromised}; ${comparison.events} events in ${comparison.streams} streams.`);
  console.log(`An export of it: ${comparison.verified}`);
  console.log(`Decisions: ${JSON.stringify(counts.decisions)}; errors on the way: ${JSON.stringify(counts.errors)}\n`);
  console.log(table(['must be none', ''], Object.entries(comparison.faults)));
  for (const example of comparison.examples) console.log(example);
  console.log('');
  finish('kill', [
    ...Object.entries(comparison.faults).map(([name, count]) => aimed(figureOf(name, '', [count]), '0', count === 0)),
    aimed(figureOf('acknowledged', '', [comparison.acknowledged]), '> 0', comparison.acknowledged > 0),
    figureOf('rate', '/s', [counts.asked / seconds]),
    ...victims.map((victim) => figureOf(`recovery ${victim}`, 's', recoveries[victim]!.map((ms) => ms / 1000))),
  ], { rounds, rate });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
