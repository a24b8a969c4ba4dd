// An agent under supervision: asks, carries what it may do to the tool server at once, and asks again. It heeds no signal; what ends it is its supervisor or its lease.
import http from 'node:http';
import { AgentClient } from '@/lib/sdk';
import { actionOf } from '../load/actions';

const [, , url = '', clientId = '', clientSecret = '', pin = '', toolUrl = ''] = process.argv;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const agent = await AgentClient.connect({ url, clientId, clientSecret, controlPin: pin, instance: { id: process.env.COUNTERSIGN_INSTANCE_ID!, name: 'bench' } });
const session = await agent.openSession({ purpose: 'bench' });
console.log('acting');
for (let n = 1; ; n++) {
  const call = actionOf(n * 2);
  try {
    const { decision, permit } = await session.requestAction({ ...call, requestId: `s-${n}` }, { timeoutMs: 1_000 });
    if (decision === 'allow' && permit) await runTool(JSON.stringify({ permit, ...call }));
  } catch {
    // Refused, stopped or out of reach: it goes on asking, as one that has gone wrong would.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function runTool(body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = http.request(toolUrl, { method: 'POST', headers: { 'content-length': Buffer.byteLength(body) } }, (answer) => { answer.resume(); answer.on('end', () => resolve()); });
    sent.on('error', reject);
    sent.end(body);
  });
}
