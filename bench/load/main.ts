// The load, in a process of its own: told over IPC what to press on whom, answers with what it measured.
import { Crew, type Target } from './crew';
import { pressClosed, pressOpen, type Pressed } from './press';

export type Order =
  | { kind: 'connect'; target: Target; size: number }
  | { kind: 'open'; rate: number; seconds: number; warmupSeconds: number }
  | { kind: 'closed'; depth: number; until: { seconds: number } | { count: number }; warmupSeconds: number }
  | { kind: 'disconnect' };
export type Report = { ok: true; pressed?: Pressed; lost: string[] } | { ok: false; message: string };

let crew: Crew | undefined;

async function obey(order: Order): Promise<Pressed | undefined> {
  if (order.kind === 'connect') { crew = await Crew.connect(order.target, order.size); return undefined; }
  if (!crew) throw new Error('connect first');
  switch (order.kind) {
    case 'open': return pressOpen(crew, order.rate, order.seconds, order.warmupSeconds);
    case 'closed': return pressClosed(crew, order.depth, order.until, order.warmupSeconds);
    case 'disconnect': await crew.close(); return undefined;
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (pressed) => process.send!({ ok: true, pressed, lost: crew?.lost ?? [] } satisfies Report),
    (error: unknown) => process.send!({ ok: false, message: error instanceof Error ? error.message : String(error) } satisfies Report),
  );
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: true });
