import { sqlTransaction, type Sql } from '@/lib/db';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { GENESIS_HEAD, verifyChain, type ChainEnd } from './chain';
import { lastCheckpoint, troubleWith } from './checkpoint-rows';
import { verifyCheckpoint } from './checkpoint-rules';
import { HeadTree } from './head-tree';

/** What reading the whole log came to. `findings` are sentences; none means that it holds. */
export type LogCheck = { at: string; events: number; streams: number; checkpoint: number; keyId: string; findings: string[] };

const PAGE = 5_000;
const MOST_FINDINGS = 200;

type Row = { stream: string; seq: bigint; body: string; hash: string };

/**
 * Follows every stream's hashes from its beginning and holds them against the newest checkpoint's signature and root, in one
 * snapshot. It is this server's word about itself: whoever doubts the server checks an export with a key from elsewhere.
 */
export async function verifyLog(keys: KeySet, now: Date): Promise<LogCheck> {
  return sqlTransaction(async (tx) => {
    await tx.rows('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const findings: string[] = [];
    const covered = new Map((await tx.rows<{ stream: string; seq: bigint; head: string }>('SELECT stream, seq, head FROM log.covered')).map((row) => [row.stream, { seq: Number(row.seq), head: row.head }]));
    const { events, streams } = await walk(tx, covered, findings);
    const last = await lastCheckpoint(tx);
    if (!last) return { at: now.toISOString(), events, streams, checkpoint: 0, keyId: '', findings: [...findings, ...(events > 0 ? ['No checkpoint was signed yet, so nothing vouches for the streams’ ends.'] : [])] };
    const trouble = troubleWith(last, keys);
    if (trouble) findings.push(sentence(trouble));
    const tree = new HeadTree();
    for (const [stream, { seq, head }] of covered) tree.set({ stream, seq, head });
    if (tree.size !== last.tree_size || tree.root().toString('hex') !== last.root) findings.push(`The heads that are kept are not those that checkpoint ${Number(last.idx)} signed.`);
    return { at: now.toISOString(), events, streams, checkpoint: Number(last.idx), keyId: keyIdOf(last.jws, keys), findings: findings.slice(0, MOST_FINDINGS) };
  });
}

/** Reads all events in the order of their streams; memory is held by a page. */
async function walk(tx: Sql, covered: ReadonlyMap<string, { seq: number; head: string }>, findings: string[]): Promise<{ events: number; streams: number }> {
  const ends = new Map((await tx.rows<{ id: string; seq: bigint; head: string }>('SELECT id, last_seq AS seq, head FROM log.stream')).map((row) => [row.id, { seq: Number(row.seq), head: row.head }]));
  const seen = new Set<string>();
  let events = 0;
  let at: ChainEnd = { seq: 0, head: GENESIS_HEAD };
  let stream = '';
  let broken = false;
  const close = () => {
    const end = ends.get(stream);
    if (stream !== '' && !broken && (end?.seq !== at.seq || end.head !== at.head)) findings.push(`${stream} ends at event ${at.seq}; its own head says ${end?.seq ?? 'nothing'}.`);
  };
  for (let after: { stream: string; seq: number } = { stream: '', seq: 0 };;) {
    const rows = await tx.rows<Row>('SELECT stream, seq, body, hash FROM log.event WHERE (stream, seq) > ($1::text, $2::bigint) ORDER BY stream, seq LIMIT $3', [after.stream, after.seq, PAGE]);
    for (const row of rows) {
      events += 1;
      if (row.stream !== stream) {
        close();
        stream = row.stream;
        at = { seq: 0, head: GENESIS_HEAD };
        broken = false;
        seen.add(stream);
      }
      if (broken) continue;
      const seq = Number(row.seq);
      const result = verifyChain(stream, [{ ...row, seq }], at);
      if (!result.ok) {
        broken = true;
        if (findings.length < MOST_FINDINGS) findings.push(result.sentence);
        continue;
      }
      at = result.end;
      const vouched = covered.get(stream);
      if (vouched?.seq === seq && vouched.head !== row.hash) findings.push(`Event ${seq} of ${stream} is not the one that a checkpoint vouches for.`);
    }
    const end = rows.at(-1);
    if (!end) break;
    after = { stream: end.stream, seq: Number(end.seq) };
  }
  close();
  for (const [id, end] of ends) if (end.seq > 0 && !seen.has(id)) findings.push(`All ${end.seq} events of ${id} are missing.`);
  return { events, streams: seen.size };
}

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`;

function keyIdOf(jws: string, keys: KeySet): string {
  if (!verifyCheckpoint(jws, keys).ok) return '';
  const header = JSON.parse(Buffer.from(jws.slice(0, jws.indexOf('.')), 'base64url').toString('utf8')) as { kid?: string };
  return header.kid ?? '';
}
