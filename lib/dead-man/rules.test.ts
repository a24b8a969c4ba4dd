import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { step, type DeadMan, type DeadManEvent } from './rules';

// The oracle knows only the words: it fires when nobody was here for so long, and whatever has ended stays ended.
describe('a dead-man switch', () => {
  it('fires exactly when nobody was here for its minutes, and ends once, whatever happens in whatever order', () => {
    let fired = 0;
    let disarmed = 0;
    let late = 0;
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 5 }), fc.array(fc.tuple(fc.constantFrom<DeadManEvent>('heartbeat', 'heartbeat', 'disarm', 'fire', 'fire'), fc.integer({ min: 0, max: 200_000 })), { maxLength: 25 }),
      (afterMinutes, events) => {
        let now = 1_000_000;
        let dead: DeadMan = { state: 'armed', seenAt: new Date(now), afterMinutes };
        let seen = now;
        let ended = false;
        for (const [event, pause] of events) {
          now += pause;
          const silent = now - seen >= afterMinutes * 60_000;
          const stepped = step(dead, event, new Date(now));
          const allowed = !ended && (event === 'fire' ? silent : !silent);
          expect(stepped.ok).toBe(allowed);
          if (!stepped.ok) { if (!ended && event !== 'fire') late++; continue; }
          dead = stepped.next;
          if (event === 'heartbeat') seen = now;
          else { ended = true; if (event === 'fire') fired++; else disarmed++; }
          expect(dead.state).toBe(event === 'heartbeat' ? 'armed' : event === 'fire' ? 'fired' : 'disarmed');
        }
      },
    ), { numRuns: 500 });
    // The walk went everywhere.
    for (const count of [fired, disarmed, late]) expect(count).toBeGreaterThan(10);
  });
});
