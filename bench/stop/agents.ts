// Agents in a process of their own: told over IPC what to do, answers with what was heard and what became of what they asked.
import { Fleet, type Place } from './fleet';
import { FloorCrew } from './floor-crew';
import { Traffic, type Tally } from './traffic';

export type AgentsOrder =
  | { kind: 'connect'; place: Place; size: number; /** Which of all agents the first one is: they take turns at the servers. */ offset: number; floor: string[] }
  | { kind: 'act'; rate: number; toolUrl: string }
  | { kind: 'open' }
  | { kind: 'report' };
export type AgentsReport = { ok: true; heard: Float64Array; lost: string[]; first?: { sessionId: string; instanceId: string }; sessions: string[]; tally?: Tally } | { ok: false; message: string };

let fleet: Fleet | undefined;
let traffic: Traffic | undefined;

async function obey(order: AgentsOrder): Promise<void> {
  if (order.kind === 'connect') {
    const connected = await Fleet.connect(order.place, order.size, order.offset);
    await FloorCrew.connect(order.floor, order.size, order.offset, order.place, (reason) => connected.lost.push(reason));
    fleet = connected;
    return;
  }
  if (!fleet) throw new Error('connect first');
  if (order.kind === 'act') traffic = new Traffic(fleet, order.rate, order.toolUrl);
  else if (order.kind === 'open') await fleet.open();
}

function report(kind: AgentsOrder['kind']): AgentsReport {
  const first = fleet?.members[0];
  return {
    ok: true, lost: fleet?.lost ?? [], heard: kind === 'report' ? fleet!.takeHeard() : new Float64Array(), ...(first ? { first: { sessionId: first.sessionId, instanceId: first.instanceId } } : {}),
    // Who acts is what the fence is held against.
    sessions: traffic ? fleet!.members.map((member) => member.sessionId) : [], ...(traffic && kind === 'report' ? { tally: traffic.take() } : {}),
  };
}

process.on('message', (order: AgentsOrder) => {
  obey(order).then(
    () => process.send!(report(order.kind)),
    (error: unknown) => process.send!({ ok: false, message: error instanceof Error ? error.message : String(error) } satisfies AgentsReport),
  );
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: true });
