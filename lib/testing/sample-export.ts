import { canonicalJson } from '@/lib/protocol/canonical-json';
import { type Checkpoint, type Sign, type SignedCheckpoint, nextCheckpoint, signCheckpoint } from '@/lib/log/checkpoint-rules';
import { GENESIS_HEAD, linkHash } from '@/lib/log/chain';
import { type ExportPart, exportText } from '@/lib/log/export-format';
import { HeadTree } from '@/lib/log/head-tree';
import { type SigningKey, signJws } from '@/lib/signing';

/** Seeded numbers in [0, 1) (mulberry32), so that a failing run can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const signWith = (key: SigningKey): Sign => (typ, payload) => signJws(key, typ, payload);

export type SampleLog = { parts: ExportPart[]; checkpoints: SignedCheckpoint[] };

/** A log as the product would export it: `segments` checkpoints, each after some events in some of `streams` streams. */
export async function sampleLog(options: { sign: Sign; segments: number; streams: number; eventsEach: number; seed: number }): Promise<SampleLog> {
  const random = seededRandom(options.seed);
  const ends = new Map<string, { seq: number; head: string }>();
  const heads = new HeadTree();
  const parts: ExportPart[] = [];
  const checkpoints: SignedCheckpoint[] = [];
  let last: Checkpoint | undefined;
  for (let segment = 1; segment <= options.segments; segment++) {
    const moved = new Set<string>();
    for (let i = 0; i < options.eventsEach; i++) {
      const stream = `session/${Math.floor(random() * options.streams)}`;
      const end = ends.get(stream) ?? { seq: 0, head: GENESIS_HEAD };
      const body = sampleEvent(stream, end.seq + 1, segment * 1000 + i);
      const next = { seq: end.seq + 1, head: linkHash(end.head, body) };
      ends.set(stream, next);
      moved.add(stream);
      parts.push({ kind: 'event', body, hash: next.head });
    }
    parts.push({ kind: 'payload', payloadId: `payload-${segment}`, status: segment % 2 ? 'sealed' : 'erased', ...(segment % 2 ? {} : { erasedAt: '2026-05-04T10:00:00Z' }) });
    for (const stream of [...moved].sort()) {
      const end = ends.get(stream)!;
      heads.set({ stream, ...end });
      parts.push({ kind: 'head', stream, ...end });
    }
    const signed = await signCheckpoint(options.sign, nextCheckpoint({ id: `checkpoint-${segment}`, at: new Date(Date.UTC(2026, 4, 4, 10, segment)), last, heads }));
    last = signed.checkpoint;
    checkpoints.push(signed);
    parts.push({ kind: 'checkpoint', jws: signed.jws });
  }
  return { parts, checkpoints };
}

/** The lines of an export of these parts, without their line feeds. */
export async function linesOf(parts: Iterable<ExportPart>, sign: Sign): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of exportText({ parts, exportedAt: new Date('2026-05-04T12:00:00Z'), source: 'sample', sign })) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
}

/** The bytes of a file with these lines, in chunks of a size. */
export async function* bytesOf(lines: readonly string[], size = 64 * 1024): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function sampleEvent(stream: string, seq: number, n: number): string {
  return canonicalJson({
    id: `event-${n}`, stream, seq, type: 'action.allowed', actor: { type: 'agent', id: 'agent-1' }, recordedAt: '2026-05-04T10:00:00.000Z',
    data: { tool: 'send_email', digest: String(n).padStart(64, '0'), reason: 'The policy “internal mail” allows it.', rules: [{ id: 'internal-mail', effect: 'permit' }], note: 'é'.repeat(n % 7) },
  });
}
