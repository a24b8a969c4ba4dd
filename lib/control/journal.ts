import { mkdirSync, readFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { UsedNonce } from '@/lib/access';
import { roles } from '@/lib/context';
import { orderScopes, switchKinds } from '@/lib/switches/schema';
import { replacePrivateFile } from './private-file';

const actorSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('control_key'), id: z.string(), name: z.string(), scopes: z.array(z.string()), environments: z.array(z.string()) }),
  z.object({ kind: z.literal('host'), user: z.string() }),
  // By a browser's own stop key; how they are reached is not control's to know.
  z.object({ kind: z.literal('person'), id: z.string(), name: z.string(), email: z.literal(''), roles: z.array(z.enum(roles)), via: z.literal('stop_key') }),
]);
const nonceSchema = z.object({ keyId: z.string(), nonce: z.string(), expiresAt: z.string() }) satisfies z.ZodType<UsedNonce>;
const entrySchema = z.object({
  id: z.string(), kind: z.enum(switchKinds), scope: z.enum(orderScopes), target: z.string().optional(), environment: z.string().optional(), reason: z.string().optional(), drill: z.boolean().optional(), holdMinutes: z.int().optional(),
  actor: actorSchema, issuedAt: z.string(), orderJws: z.string(),
  // Pressed again with a hold that lasts longer than what was held so far, by whoever that was.
  laterHold: z.object({ minutes: z.int(), at: z.string(), actor: actorSchema }).optional(),
});
export type JournalEntry = z.infer<typeof entrySchema>;
const lineSchema = z.discriminatedUnion('line', [z.object({ line: z.literal('engaged'), entry: entrySchema }), z.object({ line: z.literal('replayed'), id: z.string() }), z.object({ line: z.literal('used'), used: nonceSchema }), z.object({ line: z.literal('used_replayed') })]);
type Line = z.infer<typeof lineSchema>;

/**
 * Control's understudy for the database: orders that were engaged while it was away, each on disk before it is answered,
 * until the database has them. A line that was cut short by a crash was never answered, so it is passed over.
 */
export class Journal {
  private readonly open = new Map<string, JournalEntry>();
  private used: UsedNonce[] = [];
  private handle: Promise<FileHandle> | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    let text = '';
    try { text = readFileSync(file, 'utf8'); } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; }
    for (const line of text.split('\n')) this.apply(line);
    // Written anew with what is still open: short, and without a torn end that the next line would be glued to.
    const lines: Line[] = [...this.used.map((used) => ({ line: 'used' as const, used })), ...this.pending().map((entry) => ({ line: 'engaged' as const, entry }))];
    if (text !== '') replacePrivateFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Orders that the database doesn't have yet, the oldest first. */
  pending(): JournalEntry[] { return [...this.open.values()]; }

  /** Resolves once the order is on disk. The same order told again stands in place of what was told before. */
  async engaged(entry: JournalEntry): Promise<void> {
    await this.append({ line: 'engaged', entry });
    this.open.set(entry.id, entry);
  }

  /** The database has it, from this instant; should the line not reach the disk, it is handed over once more and found there. */
  async replayed(id: string): Promise<void> {
    this.open.delete(id);
    await this.append({ line: 'replayed', id });
  }

  /** The numbers of signed stops that the database doesn't have yet. */
  usedNonces(): readonly UsedNonce[] { return this.used; }

  /** Resolves once it is on disk that the number was used. */
  async nonceUsed(used: UsedNonce): Promise<void> {
    await this.append({ line: 'used', used });
    this.used.push(used);
  }

  /** The database has these, and so all that were used before. */
  async noncesReplayed(handed: readonly UsedNonce[]): Promise<void> {
    this.used = this.used.filter((one) => !handed.includes(one));
    if (this.used.length === 0) await this.append({ line: 'used_replayed' });
  }

  async close(): Promise<void> {
    await this.turn.catch(() => {});
    await (await this.handle)?.close();
  }

  private append(line: Line): Promise<void> {
    const written = this.turn.catch(() => {}).then(async () => {
      const handle = await (this.handle ??= open(this.file, 'a', 0o600));
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
    });
    this.turn = written;
    return written;
  }

  private apply(text: string): void {
    let value: unknown;
    try { value = JSON.parse(text); } catch { return; }
    const line = lineSchema.safeParse(value);
    if (!line.success) return;
    if (line.data.line === 'engaged') this.open.set(line.data.entry.id, line.data.entry);
    else if (line.data.line === 'replayed') this.open.delete(line.data.id);
    else if (line.data.line === 'used') this.used.push(line.data.used);
    else this.used = [];
  }
}
