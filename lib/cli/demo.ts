import { z } from 'zod';
import { askWorker } from './ask-worker';
import { command, none } from './command';

const started = z.object({ runId: z.string(), seed: z.string(), started: z.boolean() });
const stopped = z.object({ runId: z.string().nullable(), stopped: z.boolean() });
const state = z.object({
  running: z.boolean(), wanted: z.boolean(), runId: z.string().nullable(), seed: z.string().nullable(), since: z.string().nullable(), trouble: z.string().nullable(),
  effects: z.object({ mails: z.number(), refunds: z.number(), exports: z.number(), commands: z.number() }).nullable(),
});

export const demoStart = command(`countersign demo start [--seed TEXT] [--json]

Runs the demo fleet: four SIMULATED agents that act through the gate like real ones. No key, no network beyond this machine.

  --seed   the same seed tells the same stories with the same names; one is drawn otherwise, and printed.
`, { seed: { type: 'string' } }, async ({ seed }, positionals) => {
  none(positionals);
  const run = await askWorker('demo-start', seed === undefined ? {} : { seed }, started);
  return { json: run, text: `${run.started ? 'The demo fleet starts' : 'The demo fleet runs already'}: run ${run.runId}, seed ${run.seed}. Its agents are simulated.\n` };
});

export const demoStop = command('countersign demo stop [--json]\n\nEnds the demo fleet\'s run. What it asked is withdrawn; what it did stays in DATA_DIR/demo.\n', {}, async (_values, positionals) => {
  none(positionals);
  const run = await askWorker('demo-stop', {}, stopped);
  return { json: run, text: run.stopped ? `The demo fleet ends: run ${run.runId}.\n` : 'The demo fleet does not run.\n' };
});

export const demoStatus = command('countersign demo status [--json]\n\nShows whether the demo fleet runs and what its tools have done.\n', {}, async (_values, positionals) => {
  none(positionals);
  const now = await askWorker('demo-status', {}, state);
  const word = now.running ? 'runs' : now.wanted ? 'is being started' : 'does not run';
  const did = now.effects ? `It has sent ${now.effects.mails} mails, paid ${now.effects.refunds} refunds, made ${now.effects.exports} exports and logged ${now.effects.commands} commands, all of them simulated.\n` : '';
  return { json: now, text: `The demo fleet ${word}${now.runId ? ` (run ${now.runId}, seed ${now.seed})` : ''}.\n${now.trouble ? `${now.trouble}\n` : ''}${did}` };
});
