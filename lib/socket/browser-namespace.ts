import type { Logger } from 'pino';
import type { Server } from 'socket.io';
import { checkSignIn, redeemLiveTicket } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { listen, type Channel } from '@/lib/db';
import { asDomainError } from '@/lib/errors';
import { Presence } from './presence';

/** Notices of this long are told together, so that a busy second is a few hints and not hundreds (milliseconds). */
const GATHER_MS = 40;
const STILL_SIGNED_IN_MS = 15_000;

/** The namespace of browsers: it carries hints of what to read again, never content. */
export async function serveBrowsers(io: Server, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const ctx = makeContext({ kind: 'system', process: 'console' });
  const namespace = io.of('/console');
  namespace.use((socket, next) => {
    redeemLiveTicket(ctx, (socket.handshake.auth as { ticket?: unknown }).ticket).then(
      ({ signInId }) => { socket.data.signInId = signInId; next(); },
      (error: unknown) => next(new Error(asDomainError(error).message)),
    );
  });
  const presence = new Presence(namespace, ctx, logger);
  namespace.on('connection', (socket) => {
    presence.serve(socket);
    (socket.conn as { request?: unknown }).request = undefined;
    socket.on('ping', () => { socket.emit('pong', { serverNow: Date.now() }); });
  });

  // A sign-in that was ended ends its sockets too.
  const dropEnded = () => {
    for (const socket of namespace.sockets.values()) {
      checkSignIn(ctx, socket.data.signInId as string, { touch: false }).catch((error: unknown) => {
        if (asDomainError(error).code === 'unauthenticated') socket.disconnect(true);
        else logger.warn({ err: error }, 'a sign-in could not be checked');
      });
    }
  };
  const topics = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const hint = (...more: string[]) => {
    for (const topic of more) topics.add(topic);
    timer ??= setTimeout(() => {
      timer = undefined;
      // Something happened to accounts: sockets of sign-ins that it ended are dropped now, not at the next round.
      if (topics.has('people') || topics.has('*')) dropEnded();
      namespace.emit('hint', { topics: topics.size > 500 ? ['*'] : [...topics] });
      topics.clear();
    }, GATHER_MS);
  };
  const listening = await listen(['cs_log', 'cs_approval', 'cs_switch', 'cs_session', 'cs_agent', 'cs_bundle', 'cs_presence'], (channel, payload) => (channel === 'cs_presence' ? presence.hear(payload) : hint(...topicsOf(channel, payload))), () => hint('*'));

  // By time alone too, and where a notice was lost.
  const checking = setInterval(dropEnded, STILL_SIGNED_IN_MS);

  return {
    async stop() {
      clearTimeout(timer);
      clearInterval(checking);
      presence.stop();
      await listening.stop();
    },
  };
}

function topicsOf(channel: Channel, payload: Record<string, unknown>): string[] {
  switch (channel) {
    case 'cs_approval': return ['approvals', `approval:${String(payload.id)}`, `session:${String(payload.sessionId)}`];
    case 'cs_switch': return ['switches', 'sessions'];
    case 'cs_session': return ['sessions', `session:${String(payload.id)}`];
    case 'cs_agent': return ['agents'];
    case 'cs_bundle': return ['policies'];
    case 'cs_checkpoint': return ['log'];
    case 'cs_demo': return ['demo', 'agents'];
    case 'cs_erasure': return [];
    // Told to those who look, not to everybody.
    case 'cs_presence': return [];
    case 'cs_notify': return [];
    case 'cs_log': {
      const streams = Array.isArray(payload.streams) ? payload.streams.filter((one): one is string => typeof one === 'string') : [];
      // A question that the gate has just asked, or an answer that was used, has no notice of its own.
      return ['log', ...(payload.approvals === true ? ['approvals'] : []), ...streams.map((stream) => (stream.startsWith('session/') ? `session:${stream.slice('session/'.length)}` : roomOf[stream] ?? 'log'))];
    }
  }
}

const roomOf: Record<string, string> = { 'org/switches': 'switches', 'org/agents': 'agents', 'org/access': 'people', 'org/policies': 'policies', 'org/alerts': 'alerts', 'org/notify': 'channels' };
