// The agents of the kill test, in a process that nobody kills: acts at a rate whatever happens to the server, journals what it was told.
import { Journal } from './journal';
import { Survivor, type Counts, type Place } from './survivor';

export type ClientOrder = { kind: 'start'; place: Place; journal: string; agents: number; rate: number } | { kind: 'state' } | { kind: 'stop' };
export type ClientState = { counts: Counts; connected: number; underWay: number; lastAllowAt: number; journaled: number };

const TICK_MS = 20;
/** An agent with this many actions under way waits: a server that is down should not find a mountain when it comes back. */
const MOST_UNDER_WAY = 40;

const counts: Counts = { asked: 0, skipped: 0, lost: 0, retried: 0, decisions: {}, errors: {}, unknownStarts: 0 };
let survivors: Survivor[] = [];
let journal: Journal | undefined;
let ticking: NodeJS.Timeout | undefined;

function start({ place, journal: path, agents, rate }: Extract<ClientOrder, { kind: 'start' }>): void {
  journal = new Journal(path);
  survivors = Array.from({ length: agents }, () => new Survivor(place, journal!, counts));
  for (const survivor of survivors) survivor.keep();
  let n = 0, due = 0, before = performance.now();
  ticking = setInterval(() => {
    const now = performance.now();
    due += ((now - before) * rate) / 1000;
    before = now;
    for (; due >= 1; due--) {
      const survivor = survivors[n % survivors.length]!;
      n += 1;
      if (survivor.connected && survivor.underWay < MOST_UNDER_WAY) void survivor.act(n); else counts.skipped += 1;
    }
  }, TICK_MS);
}

const underWay = () => survivors.reduce((sum, survivor) => sum + survivor.underWay, 0);
const state = (): ClientState => ({ counts, connected: survivors.filter((survivor) => survivor.connected).length, underWay: underWay(), lastAllowAt: Math.max(0, ...survivors.map((survivor) => survivor.lastAllowAt)), journaled: journal?.entries ?? 0 });

/** No more is asked; what is under way comes to its end. */
async function stop(): Promise<void> {
  clearInterval(ticking);
  const deadline = Date.now() + 60_000;
  while (underWay() > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
}

process.on('message', (order: ClientOrder) => {
  if (order.kind === 'start') start(order);
  (order.kind === 'stop' ? stop() : Promise.resolve()).then(() => process.send!(state()), () => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: true });
