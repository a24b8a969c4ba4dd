import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { checkSignIn, may } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { idSchema } from '@/lib/protocol/ids';

/** Said again this often by whoever still looks, and believed for so long without (milliseconds). */
const AGAIN_MS = 8_000;
const BELIEVED_MS = 20_000;
const SWEEP_MS = 4_000;
const MOST_NAMED = 10;

type Look = { personId: string; name: string; until: number };
type Looking = { approvalId: string; personId: string; name: string; saidAt: number };

/**
 * Who looks at which card. Nothing is written: a browser says what it shows, a notice tells every console, each believes it for a while and
 * tells those who look at the same. A console that dies takes its own along in that while, and nobody else's.
 */
export class Presence {
  /** By approval, then by the socket that looks. */
  private readonly looks = new Map<string, Map<string, Look>>();
  private readonly sweeping: NodeJS.Timeout;

  constructor(private readonly namespace: Namespace, private readonly ctx: Context, private readonly logger: Logger) {
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeping.unref();
  }

  stop(): void {
    clearInterval(this.sweeping);
  }

  serve(socket: Socket): void {
    socket.on('look', (body: unknown) => { this.look(socket, body).catch((error: unknown) => this.logger.warn({ err: error }, 'a look could not be told')); });
    socket.on('disconnect', () => { this.leave(socket).catch((error: unknown) => this.logger.warn({ err: error }, 'a leaving could not be told')); });
  }

  /** A notice of any console, this one's own among them. */
  hear({ approvalId, socket, personId, name, gone }: Record<string, unknown>): void {
    if (typeof approvalId !== 'string' || typeof socket !== 'string' || typeof personId !== 'string' || typeof name !== 'string') return;
    const looks = this.looks.get(approvalId) ?? new Map<string, Look>();
    const changed = gone === true ? looks.delete(socket) : !looks.has(socket);
    if (gone !== true) looks.set(socket, { personId, name, until: Date.now() + BELIEVED_MS });
    if (looks.size > 0) this.looks.set(approvalId, looks);
    else this.looks.delete(approvalId);
    if (changed) this.tell(approvalId);
  }

  private async look(socket: Socket, body: unknown): Promise<void> {
    const wanted = idSchema.safeParse((body as { approvalId?: unknown } | null)?.approvalId);
    const before = socket.data.looking as Looking | undefined;
    if (!wanted.success || before?.approvalId !== wanted.data) await this.leave(socket);
    if (!wanted.success) return;
    const now = Date.now();
    const same = socket.data.looking as Looking | undefined;
    if (same && now - same.saidAt < AGAIN_MS) return;
    const { actor } = await checkSignIn(this.ctx, socket.data.signInId as string, { touch: false });
    if (!may(actor, 'approval.read') || !socket.connected) return;
    const looking: Looking = { approvalId: wanted.data, personId: actor.id, name: actor.name.slice(0, 80), saidAt: now };
    socket.data.looking = looking;
    await socket.join(room(wanted.data));
    await this.say(socket, looking, false);
    // Whoever comes is told who is there already.
    this.tellOne(socket, wanted.data);
  }

  private async leave(socket: Socket): Promise<void> {
    const looking = socket.data.looking as Looking | undefined;
    if (!looking) return;
    socket.data.looking = undefined;
    await socket.leave(room(looking.approvalId));
    await this.say(socket, looking, true);
  }

  private async say(socket: Socket, { approvalId, personId, name }: Looking, gone: boolean): Promise<void> {
    await sql.rows('SELECT pg_notify($1, $2)::text', ['cs_presence', JSON.stringify({ approvalId, socket: socket.id, personId, name, gone })]);
  }

  private sweep(): void {
    const now = Date.now();
    for (const [approvalId, looks] of this.looks) {
      const before = looks.size;
      for (const [socket, look] of looks) if (look.until < now) looks.delete(socket);
      if (looks.size === 0) this.looks.delete(approvalId);
      if (looks.size < before) this.tell(approvalId);
    }
  }

  private tell(approvalId: string): void {
    for (const id of this.namespace.adapter.rooms.get(room(approvalId)) ?? []) {
      const socket = this.namespace.sockets.get(id);
      if (socket) this.tellOne(socket, approvalId);
    }
  }

  /** The others by name, each once however many pages they have open. */
  private tellOne(socket: Socket, approvalId: string): void {
    const own = (socket.data.looking as Looking | undefined)?.personId;
    const others = new Map([...(this.looks.get(approvalId)?.values() ?? [])].filter(({ personId }) => personId !== own).map(({ personId, name }) => [personId, name]));
    socket.emit('presence', { approvalId, names: [...others.values()].slice(0, MOST_NAMED) });
  }
}

const room = (approvalId: string) => `looking:${approvalId}`;
