import { newId } from '@/lib/protocol/ids';
import { WireSocket } from '../load/wire-socket';
import type { Row } from './rows';

export type Verdict = { verdict: 'allow' | 'ask' | 'deny' | 'error'; code: string };
type Answer = { ok?: boolean; error?: { code: string; message: string }; session?: { id: string }; decision?: { decision: 'allow' | 'ask' | 'deny'; code: string } };

const MOST_TEXT = 150_000;

/** An agent whose credentials a proxy holds, so that the user's words count as the user's. */
export async function agentOf(url: string, { clientId, clientSecret }: { clientId: string; clientSecret: string }): Promise<WireSocket> {
  const answer = await fetch(`${url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }) });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  const wire = await WireSocket.connect(url, '/agent', { protocol: 1, token, instance: { id: newId(), name: 'replay' } }, () => clearInterval(renewing));
  const renewing = setInterval(() => void wire.ask('lease.renew', {}).catch(() => {}), 5_000);
  renewing.unref();
  return wire;
}

/** One recorded call, as the gate would have met it: after what the user had said and what the agent had read. */
export async function decide(wire: WireSocket, row: Row, names: ReadonlyMap<string, string>): Promise<Verdict> {
  const ask = async (event: string, body: object): Promise<Answer> => {
    for (;;) {
      const answer = (await wire.ask(event, body)) as Answer;
      if (answer.ok || !['rate_limited', 'unavailable'].includes(answer.error?.code ?? '')) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const opened = await ask('session.open', { purpose: 'replay of a recorded call' });
  if (!opened.session) return { verdict: 'error', code: opened.error?.code ?? 'none' };
  const sessionId = opened.session.id;
  if (row.goal) await ask('input.add', { sessionId, origin: 'user', text: row.goal.slice(0, MOST_TEXT) });
  if (row.before) await ask('input.add', { sessionId, origin: 'tool', source: 'the tool called before', text: row.before.slice(0, MOST_TEXT) });
  const answer = await ask('action.request', { sessionId, requestId: 'replayed', tool: names.get(row.tool)!, args: row.args });
  await ask('session.close', { sessionId, outcome: 'completed' });
  return answer.decision ? { verdict: answer.decision.decision, code: answer.decision.code } : { verdict: 'error', code: answer.error?.code ?? 'none' };
}
