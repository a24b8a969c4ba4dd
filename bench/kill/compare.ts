import pg from 'pg';
import { verifyChain, type ChainLink } from '@/lib/log';
import { readJournal } from './journal';

/** What was promised to the agents against what is there. Every count but the first line's must be zero. */
export type Comparison = { acknowledged: number; effects: number; events: number; streams: number; pendingPromised: number; faults: Record<string, number>; examples: string[]; /** What the verifier said of an export. */ verified?: string };

type ActionRow = { id: string; session_id: string; request_id: string; digest: string; decision: string; started_at: Date | null; redeemed_at: Date | null; finished_at: Date | null; approval_id: string | null; approval_state: string | null; decide_by: Date | null };

/** Reads journal and database once everything stands still. */
export async function compare(journalPath: string, databaseUrl: string): Promise<Comparison> {
  const entries = readJournal(journalPath);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const faults: Record<string, number> = {};
  const examples: string[] = [];
  const fault = (what: string, about: string) => { faults[what] = (faults[what] ?? 0) + 1; if (examples.length < 10) examples.push(`${what}: ${about}`); };
  for (const name of ['decision missing', 'decision changed', 'decision without its event', 'start missing', 'redeeming missing', 'result missing', 'pending approval lost', 'effect without record', 'effect twice for an action', 'effect twice for a request', 'request decided twice', 'chain broken']) faults[name] = 0;
  try {
    const { rows } = await client.query<ActionRow>('SELECT a.id, a.session_id, a.request_id, a.digest, a.decision, a.started_at, a.redeemed_at, a.finished_at, a.approval_id, p.state AS approval_state, p.decide_by FROM action a LEFT JOIN approval p ON p.id = a.approval_id');
    const actions = new Map(rows.map((row) => [row.id, row]));
    const requests = new Map<string, string>();
    for (const row of rows) {
      const key = `${row.session_id} ${row.request_id}`;
      if (requests.has(key)) fault('request decided twice', key);
      requests.set(key, row.id);
    }
    const { recorded, ...chain } = await readStreams(client, fault);
    const effectsByAction = new Set<string>(), effectsByRequest = new Set<string>();
    let effects = 0, pendingPromised = 0;
    for (const entry of entries) {
      const about = JSON.stringify(entry);
      const action = actions.get(entry.actionId);
      if (!action || action.session_id !== entry.sessionId || action.request_id !== entry.requestId) { fault('decision missing', about); continue; }
      switch (entry.kind) {
        case 'decided':
          if (action.digest !== entry.digest || (entry.decision !== 'ask' && action.decision !== entry.decision)) fault('decision changed', `${about} → ${action.decision}`);
          if (!recorded.has(entry.actionId)) fault('decision without its event', about);
          if (entry.decision === 'ask') {
            pendingPromised += 1;
            const overdue = action.decide_by !== null && action.decide_by.getTime() < Date.now();
            if (action.approval_id !== entry.approvalId || !(action.approval_state === 'pending' || (overdue && action.approval_state === 'expired'))) fault('pending approval lost', `${about} → ${action.approval_state}`);
          }
          break;
        case 'started': if (!action.started_at) fault('start missing', about); break;
        case 'redeemed': if (!action.redeemed_at) fault('redeeming missing', about); break;
        case 'finished': if (!action.finished_at) fault('result missing', about); break;
        case 'effect': {
          effects += 1;
          const request = `${entry.sessionId} ${entry.requestId}`;
          if (effectsByAction.has(entry.actionId)) fault('effect twice for an action', about);
          if (effectsByRequest.has(request)) fault('effect twice for a request', about);
          effectsByAction.add(entry.actionId);
          effectsByRequest.add(request);
          if (!action.started_at && !action.redeemed_at) fault('effect without record', about);
        }
      }
    }
    return { acknowledged: entries.length - effects, effects, pendingPromised, ...chain, faults, examples };
  } finally {
    await client.end();
  }
}

/** Walks every stream from its first event to the head that Postgres believes; collects which actions have a deciding event. */
async function readStreams(client: pg.Client, fault: (what: string, about: string) => void): Promise<{ streams: number; events: number; recorded: Set<string> }> {
  const recorded = new Set<string>();
  const { rows: streams } = await client.query<{ id: string; last_seq: string; head: string }>('SELECT id, last_seq, head FROM log.stream ORDER BY id');
  let events = 0;
  for (const { id, last_seq: lastSeq, head } of streams) {
    const { rows } = await client.query<{ seq: string; type: string; body: string; hash: string }>('SELECT seq, type, body, hash FROM log.event WHERE stream = $1 ORDER BY seq', [id]);
    const links: ChainLink[] = rows.map((row) => ({ stream: id, seq: Number(row.seq), body: row.body, hash: row.hash }));
    const result = verifyChain(id, links);
    if (!result.ok) fault('chain broken', result.sentence);
    else if (result.end.seq !== Number(lastSeq) || result.end.head !== head) fault('chain broken', `${id} ends at ${result.end.seq}, its row says ${lastSeq}`);
    events += rows.length;
    for (const row of rows) if (['action.allowed', 'action.denied', 'action.asked'].includes(row.type)) recorded.add((JSON.parse(row.body) as { data: { actionId: string } }).data.actionId);
  }
  return { streams: streams.length, events, recorded };
}
