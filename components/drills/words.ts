import type { GlyphName } from '@/components/ui/glyphs';
import type { VerdictName } from '@/components/ui/verdict';
import type { DrillReport, DrillStanding, DrillView, RogueVerdict, TargetView } from '@/lib/drills/schema';

/** `0.42 s`, or a dash for what was not measured. */
export const sayMs = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 1)} s`);

/** How a drill went, as one would say it of the last one. */
export function drillOutcome({ now }: Pick<DrillView, 'now'>): { word: string; verdict: VerdictName; mark: GlyphName } {
  if (now.state === 'asked') return { word: 'waits for a worker', verdict: 'ask', mark: 'todo' };
  if (now.state === 'running') return { word: 'running', verdict: 'partly', mark: 'doing' };
  if (now.interrupted) return { word: 'interrupted', verdict: 'deny', mark: 'broken' };
  switch (now.verdict) {
    case 'passed': return { word: 'passed', verdict: 'verified', mark: 'verified' };
    case 'failed': return { word: 'failed', verdict: 'deny', mark: 'broken' };
    case 'not_run': return { word: 'not run', verdict: 'cancelled', mark: 'cancelled' };
  }
}

/** The first sentence of the page about drills: whether the stop works, as far as anybody has looked. */
export function drillsHeadline({ running, last, lastRun, overdue }: DrillStanding): string {
  const late = overdue ? ' The next is overdue.' : '';
  if (running) return 'A drill is running.';
  if (!last || last.now.state !== 'finished') return `The stop has not been drilled yet.${late}`;
  if (last.now.interrupted) return `The last drill was interrupted.${late}`;
  if (last.now.verdict === 'failed') return `The last drill failed.${late}`;
  if (last.now.verdict === 'not_run') return `${lastRun ? 'The last drill could not be run.' : 'No drill could be run yet.'}${late}`;
  return `The last drill stopped every rogue.${late}`;
}

/** The first sentence of a report. */
export function reportHeadline({ now, targets }: DrillReport): string {
  if (now.state === 'asked') return 'Asked for. A worker takes it up within a moment.';
  if (now.state === 'running') return `${targets.filter(({ step }) => step === 'over').length} of ${targets.length} rogues are done.`;
  return now.interrupted ? 'Interrupted.' : now.said;
}

const rogueVerdict: Record<RogueVerdict, { word: string; verdict: VerdictName }> = {
  dead: { word: 'dead', verdict: 'verified' }, late: { word: 'late', verdict: 'deny' }, unconfirmed: { word: 'unconfirmed', verdict: 'unreachable' },
  alive: { word: 'still alive', verdict: 'deny' }, not_run: { word: 'not run', verdict: 'cancelled' },
};

/** Where one rogue stands, in a word. */
export function rogueNow({ verdict, step }: Pick<TargetView, 'verdict' | 'step'>, over: boolean): { word: string; verdict?: VerdictName; mark: GlyphName } {
  if (verdict !== null) return { ...rogueVerdict[verdict], mark: 'todo' };
  if (over) return { ...rogueVerdict.not_run, mark: 'todo' };
  return step === 'pressed' ? { word: 'stopped, watched', mark: 'doing' } : step === 'starting' ? { word: 'starting', mark: 'doing' } : { word: 'waits', mark: 'todo' };
}

const evidenceWords: Record<string, string> = {
  'pidns-empty': 'No process is left in its namespace, says its supervisor', 'cgroup-empty': 'No process is left in its cgroup, says its supervisor',
  'lease-lapsed': 'Its lease lapsed, with its supervisor out of reach for as long', 'group-exited': 'Its process group has ended, says its supervisor', 'its own word': 'It says so itself, and nobody else',
};

/** What shows that it is gone: what the product was told, what the drill itself saw, and what the rogue had to say. */
export function proofLines({ evidence, proof }: Pick<TargetView, 'evidence' | 'proof'>): string[] {
  const told = evidence === null ? '' : (evidenceWords[evidence] ?? evidence);
  if (!proof) return told ? [`${told}.`] : [];
  const left = Math.max(proof.processes, proof.inNamespace);
  const port = proof.portAnswers === null ? '' : proof.portAnswers ? '; its port still answers' : '; its port answers nobody';
  const saw = `the drill saw ${proof.lived} ${proof.lived === 1 ? 'process' : 'processes'} live before, then ${left === 0 ? 'none' : left}, ${left === 0 ? `silent for ${sayMs(proof.silentMs)}` : `last heard ${sayMs(proof.silentMs)} ago`}${port}`;
  const line = told ? `${told}; ${saw}.` : `${saw.charAt(0).toUpperCase()}${saw.slice(1)}.`;
  return proof.note ? [line, `In its own words: ${proof.note}.`] : [line];
}
