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
/** A hand that runs down the list is told of where it rests; and whoever speaks without end is heard no faster (milliseconds). */
const REST_MS = 100;
/** Comings and goings of this long are told together: a hundred who open a card at once are not ten thousand messages (milliseconds). */
const GATHER_MS = 40;
/** Those after these are counted, not named. */
const MOST_NAMED = 10;

type Look = { personId: string; name: string; until: number };
type Looking = { approvalId: string; personId: string; name: string; saidAt: number };
/** What a socket said last and nobody has seen to yet (null: nothing is looked at), and whether something it said is being seen to. */
type Said = { wanted?: string | null; busy: boolean };

/**
 * Who looks at which card. Nothing is written: a browser says what it shows, a notice tells every console, each believes it for a while and
 * tells those who look at the same. A console that dies takes its own along in that while, and nobody else's.
 */
export class Presence {
  /** By approval, then by the socket that looks. */
  private readonly looks = new Map<string, Map<string, Look>>();
  private readonly sweeping: NodeJS.Timeout;
  private readonly changed = new Set<string>();
  private telling: NodeJS.Timeout | undefined;

  constructor(private readonly namespace: Namespace, private readonly ctx: Context, private readonly logger: Logger) {
    this.sweeping = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeping.unref();
  }

  stop(): void {
    clearInterval(this.sweeping);
    clearTimeout(this.telling);
  }

  serve(socket: Socket): void {
    const said: Said = { busy: false };
    socket.on('look', (body: unknown) => {
      const wanted = idSchema.safeParse((body as { approvalId?: unknown } | null)?.approvalId);
      void this.heed(socket, said, wanted.success ? wanted.data : null);
    });
    socket.on('disconnect', () => void this.heed(socket, said, null));
  }

  /** One after the other, and of what is said meanwhile the last: two at once would leave a socket at a card that it has left. */
  private async heed(socket: Socket, said: Said, wanted: string | null): Promise<void> {
    said.wanted = wanted;
    if (said.busy) return;
    said.busy = true;
    while (said.wanted !== undefined) {
      const next: string | null = said.wanted;
      delete said.wanted;
      await this.look(socket, next).catch((error: unknown) => this.logger.warn({ err: error }, 'who looks at a card could not be told'));
      await new Promise((resolve) => { setTimeout(resolve, REST_MS).unref(); });
    }
    said.busy = false;
  }

  /** A notice of any console, this one's own among them. */
  hear({ approvalId, socket, personId, name, gone }: Record<string, unknown>): void {
    if (typeof approvalId !== 'string' || typeof socket !== 'string' || typeof personId !== 'string' || typeof name !== 'string') return;
    const looks = this.looks.get(approvalId) ?? new Map<string, Look>();
    const changed = gone === true ? looks.delete(socket) : !looks.has(socket);
    if (gone !== true) looks.set(socket, { personId, name, until: Date.now() + BELIEVED_MS });
    if (looks.size > 0) this.looks.set(approvalId, looks);
    else this.looks.delete(approvalId);
    if (changed) this.tellSoon(approvalId);
  }

  private async look(socket: Socket, wanted: string | null): Promise<void> {
    if ((socket.data.looking as Looking | undefined)?.approvalId !== wanted) await this.leave(socket);
    if (wanted === null) return;
    const now = Date.now();
    const same = socket.data.looking as Looking | undefined;
    if (same && now - same.saidAt < AGAIN_MS) return;
    const { actor } = await checkSignIn(this.ctx, socket.data.signInId as string, { touch: false });
    if (!may(actor, 'approval.read') || !socket.connected) return;
    const looking: Looking = { approvalId: wanted, personId: actor.id, name: actor.name.slice(0, 80), saidAt: now };
    socket.data.looking = looking;
    await socket.join(room(wanted));
    await this.say(socket, looking, false);
    // Whoever comes is told who is there already.
    this.tellOne(socket, wanted);
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
      if (looks.size < before) this.tellSoon(approvalId);
    }
  }

  private tellSoon(approvalId: string): void {
    this.changed.add(approvalId);
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      for (const one of this.changed) this.tell(one);
      this.changed.clear();
    }, GATHER_MS);
  }

  private tell(approvalId: string): void {
    for (const id of this.namespace.adapter.rooms.get(room(approvalId)) ?? []) {
      const socket = this.namespace.sockets.get(id);
      if (socket) this.tellOne(socket, approvalId);
    }
  }

  /** The others by name, each once however many pages they have open; of a crowd the first by name and the rest as empty names, so that the number is true. */
  private tellOne(socket: Socket, approvalId: string): void {
    const own = (socket.data.looking as Looking | undefined)?.personId;
    const others = new Map([...(this.looks.get(approvalId)?.values() ?? [])].filter(({ personId }) => personId !== own).map(({ personId, name }) => [personId, name]));
    socket.emit('presence', { approvalId, names: [...others.values()].map((name, index) => (index < MOST_NAMED ? name : '')) });
  }
}

const room = (approvalId: string) => `looking:${approvalId}`;
