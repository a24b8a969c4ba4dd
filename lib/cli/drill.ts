import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { drillVerdicts, rogueKinds, rogueVerdicts, type DrillVerdict, type RogueVerdict } from '@/lib/drills/schema';
import { rogueWords } from '@/lib/drills/rules';
import { askWorker } from './ask-worker';
import { command, CommandFailure, EXIT, none, table } from './command';

const ms = z.number().nullable();
const askedSchema = z.object({ drill: z.object({ id: z.string() }), started: z.boolean() });
const reportSchema = z.object({
  id: z.string(), askedAt: z.string(), askedBy: z.object({ kind: z.string(), id: z.string(), name: z.string().optional() }), version: z.string(), leaseMs: z.number(),
  now: z.discriminatedUnion('state', [z.object({ state: z.literal('asked') }), z.object({ state: z.literal('running') }), z.object({ state: z.literal('finished'), at: z.string(), verdict: z.enum(drillVerdicts), interrupted: z.boolean(), said: z.string() })]),
  fencedP50Ms: ms, fencedP99Ms: ms, confirmedP50Ms: ms, confirmedP99Ms: ms,
  targets: z.array(z.object({
    rogue: z.enum(rogueKinds), instanceId: z.string(), orderId: z.string().nullable(), step: z.string(), pressedAt: z.string().nullable(), fencedMs: ms, confirmedMs: ms, goneMs: ms, goneWithinMs: z.number(), confirmedWithinMs: z.number(),
    evidence: z.string().nullable(), verdict: z.enum(rogueVerdicts).nullable(), said: z.string().nullable(),
    proof: z.object({ processes: z.number(), inNamespace: z.number(), silentMs: z.number(), portAnswers: z.boolean().nullable(), lived: z.number(), note: z.string().nullable() }).nullable(),
  })),
});
type Report = z.infer<typeof reportSchema>;

const exits: Record<DrillVerdict, number> = { passed: EXIT.done, failed: EXIT.refused, not_run: EXIT.unreachable };
const LOOK_MS = 500;
/** Longer than the slowest rogue may take with the longest lease. */
const PATIENCE_MS = 15 * 60_000;

export const drill = command(`countersign drill [--json]

Starts rogue processes under real supervisors, each as hard to end as it can be, stops each for real, and watches with its own eyes
whether they are gone. No agent but its own is touched; its stops are undone when it is over. Takes about two leases.

Exit code: 0 every rogue is dead and confirmed so, 1 one was not, 3 one could not be run (never a pass), 2 wrong use.
`, {}, async ({ json }, positionals, io) => {
  none(positionals);
  const { drill: { id }, started } = await askWorker('drill-run', {}, askedSchema);
  if (!json) io.out(started ? `Drill ${id} starts.\n` : `Drill ${id} is on already; this waits for it.\n`);
  const report = await untilOver(id);
  const { now } = report;
  if (now.state !== 'finished') throw new CommandFailure(`The drill did not end within ${PATIENCE_MS / 60_000} minutes. Its page says how far it is.`, EXIT.unreachable);
  return { json: { drill: report }, text: printReport(report), exit: exits[now.verdict] };
});

async function untilOver(id: string): Promise<Report> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const { drill: report } = await askWorker('drill-show', { drill: id }, z.object({ drill: reportSchema }));
    if (report.now.state === 'finished' || performance.now() > end) return report;
    await pause(LOOK_MS);
  }
}

const words: Record<RogueVerdict, string> = { dead: 'dead', late: 'LATE', unconfirmed: 'UNCONFIRMED', alive: 'STILL ALIVE', not_run: 'not run' };
const time = (value: number | null) => (value === null ? '-' : `${value} ms`);

function printReport({ targets, now, version, askedBy, ...drill }: Report): string {
  const rows = targets.map(({ rogue, verdict, fencedMs, goneMs, confirmedMs, evidence }) => [rogueWords[rogue], verdict === null ? 'not run' : words[verdict], time(fencedMs), time(goneMs), time(confirmedMs), evidence ?? '-']);
  const notes = targets.filter(({ verdict }) => verdict !== 'dead').map(({ rogue, said }) => `A rogue that ${rogueWords[rogue]}: ${said ?? 'it was not come to.'}\n`);
  const spread = `Press to fenced p50 ${time(drill.fencedP50Ms)}, p99 ${time(drill.fencedP99Ms)}; press to confirmed p50 ${time(drill.confirmedP50Ms)}, p99 ${time(drill.confirmedP99Ms)}.\n`;
  const end = now.state === 'finished' ? `\n${now.verdict === 'passed' ? 'Passed' : now.verdict === 'failed' ? 'FAILED' : 'Not run'}: ${now.said} Started by ${askedBy.name ?? askedBy.id}, version ${version}.\n` : '';
  return `${table([['A ROGUE THAT', 'IS', 'FENCED', 'GONE', 'CONFIRMED', 'EVIDENCE'], ...rows])}\n${notes.join('')}${spread}${end}`;
}
