import { describe, expect, it } from 'vitest';
import { reports, standings } from '@/app/kit/fixtures/drills';
import { drillsHeadline, proofLines, reportHeadline, rogueNow, sayMs } from './words';

describe('the words about drills', () => {
  it('answer first whether the stop holds, and never call a failure a pass', () => {
    expect(drillsHeadline(standings.passed)).toBe('The last drill stopped every rogue.');
    expect(drillsHeadline(standings.failed)).toBe('The last drill failed. The next is overdue.');
    expect(drillsHeadline(standings.never)).toBe('The stop has not been drilled yet.');
    expect(drillsHeadline(standings.running)).toBe('A drill is running.');
    expect(reportHeadline(reports.running)).toBe('3 of 9 rogues are done.');
    expect(reportHeadline(reports.interrupted)).toBe('Interrupted.');
  });
  it('say of what was not come to that it was not run, once the drill is over', () => {
    expect(rogueNow({ verdict: null, step: 'waiting' }, false).word).toBe('waits');
    expect(rogueNow({ verdict: null, step: 'pressed' }, true).word).toBe('not run');
    expect(rogueNow({ verdict: 'alive', step: 'over' }, true).word).toBe('still alive');
  });
  it('name what shows that a rogue is gone, and what is left of one that is not', () => {
    const seen = { processes: 0, inNamespace: 0, silentMs: 320, portAnswers: false, lived: 2, note: null };
    expect(proofLines({ evidence: 'pidns-empty', proof: seen })).toEqual(['No process is left in its namespace, says its supervisor; the drill saw 2 processes live before, then none, silent for 0.32 s; its port answers nobody.']);
    expect(proofLines({ evidence: null, proof: { ...seen, processes: 1, portAnswers: null, silentMs: 12 } })).toEqual(['The drill saw 2 processes live before, then 1, last heard 0.01 s ago.']);
    expect(proofLines({ evidence: null, proof: null })).toEqual([]);
    expect([null, 0, 212, 22_840].map(sayMs)).toEqual(['–', '0.00 s', '0.21 s', '22.8 s']);
  });
});
