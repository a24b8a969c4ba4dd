import pg from 'pg';
import { requiredUrl } from './pool';

export type Channel = 'cs_log' | 'cs_approval' | 'cs_switch' | 'cs_session' | 'cs_agent' | 'cs_bundle' | 'cs_checkpoint' | 'cs_demo' | 'cs_erasure' | 'cs_presence' | 'cs_notify';
export type Listening = { stop(): Promise<void>; connected(): boolean };

const RETRY_MS = [50, 200, 500, 1_000, 2_000];

/**
 * Hears NOTIFY on a connection of its own. A notice is a hint only: after every (re)connection `onCatchUp`
 * is called, and the caller reads the rows that it may have missed. Never throws after it has returned.
 */
export async function listen(
  channels: readonly Channel[],
  onNotice: (channel: Channel, payload: Record<string, unknown>) => void,
  onCatchUp: () => void,
  url = requiredUrl(),
): Promise<Listening> {
  let client: pg.Client | undefined;
  let stopped = false;
  let attempts = 0;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5_000 });
    next.on('notification', (message) => {
      const payload = parsePayload(message.payload);
      if (payload) onNotice(message.channel as Channel, payload);
    });
    const lost = () => {
      if (client !== next) return;
      client = undefined;
      reconnectSoon();
    };
    next.on('error', lost);
    next.on('end', lost);
    await next.connect();
    for (const channel of channels) await next.query(`LISTEN ${channel}`);
    if (stopped) { await next.end(); return; }
    client = next;
    attempts = 0;
    onCatchUp();
  }

  function reconnectSoon(): void {
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      connect().catch(reconnectSoon);
    }, RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)]);
  }

  await connect().catch(reconnectSoon);
  return {
    connected: () => client !== undefined,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const held = client;
      client = undefined;
      await held?.end().catch(() => {});
    },
  };
}

function parsePayload(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
