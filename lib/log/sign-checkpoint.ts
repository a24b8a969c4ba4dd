import type { Context } from '@/lib/context';
import { sqlTransaction, sqlTransactionOnce, type Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { signJwsWith, type KeyProvider } from '@/lib/signing';
import { checkpointOf, cover, insertCheckpoint, lastCheckpoint, readHeads, troubleWith, CHECKPOINT_COLUMNS, type CheckpointRow } from './checkpoint-rows';
import { nextCheckpoint, signCheckpoint, type SignedCheckpoint } from './checkpoint-rules';
import { organisationEvent } from './event';
import { HeadTree, type StreamHead } from './head-tree';
import { record } from './record';

/** A log in which nothing happens is still vouched for this often (milliseconds). */
const QUIET_MS = 10 * 60_000;

/**
 * Signs checkpoints over all stream heads. It keeps the tree of heads between them, so that one costs what has moved and
 * not what there is. Workers take turns by a lock in the database, and each first follows what the others have signed.
 */
export class Checkpoints {
  #tree = new HeadTree();
  #last: CheckpointRow | undefined;
  #loaded = false;
  /** Transactions before this one were all seen: whatever moved since has an event at or after it. */
  #seenBefore: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #told = new Set<string>();

  constructor(private readonly keys: KeyProvider, private readonly onTrouble: (what: string) => void) {}

  /** Signs what has moved since the newest checkpoint, and gives back the one that covers everything recorded before the call. */
  sign(ctx: Context): Promise<SignedCheckpoint> {
    const signed = this.#turn.catch(() => {}).then(() => this.#sign(ctx));
    this.#turn = signed;
    return signed;
  }

  async #sign(ctx: Context): Promise<SignedCheckpoint> {
    const troubles: string[] = [];
    try {
      const signed = await sqlTransactionOnce((tx) => this.#next(tx, ctx, troubles));
      await this.#tell(ctx, troubles);
      return signed;
    } catch (error) {
      // The tree may be ahead of what was committed.
      this.#loaded = false;
      throw error;
    }
  }

  async #next(tx: Sql, ctx: Context, troubles: string[]): Promise<SignedCheckpoint> {
    await tx.rows(`SELECT pg_advisory_xact_lock(hashtext('countersign/checkpoint'))::text`);
    await (this.#loaded ? this.#follow(tx) : this.#load(tx, troubles));
    const moved = await this.#moved(tx, troubles);
    const last = this.#last;
    if (last && moved.length === 0 && ctx.now().getTime() - last.at.getTime() < QUIET_MS) return { checkpoint: checkpointOf(last), hash: last.hash, jws: last.jws };
    for (const head of moved) this.#tree.set(head);
    const checkpoint = nextCheckpoint({ id: newId(), at: ctx.now(), last: last && checkpointOf(last), heads: this.#tree });
    const signed = await signCheckpoint((typ, payload) => signJwsWith(this.keys, 'checkpoint', typ, payload), checkpoint);
    await insertCheckpoint(tx, signed, moved);
    this.#last = { idx: checkpoint.index, id: checkpoint.id, at: new Date(checkpoint.at), tree_size: checkpoint.treeSize, root: checkpoint.root, previous: checkpoint.previous, hash: signed.hash, jws: signed.jws };
    return signed;
  }

  /** Takes in what other workers have signed meanwhile. */
  async #follow(tx: Sql): Promise<void> {
    const rows = await tx.rows<CheckpointRow & { heads: string }>(`SELECT ${CHECKPOINT_COLUMNS}, heads FROM log.checkpoint WHERE idx > $1 ORDER BY idx`, [this.#last?.idx ?? 0]);
    for (const { heads, ...row } of rows) {
      for (const head of readHeads(heads)) this.#tree.set(head);
      this.#last = row;
    }
  }

  async #load(tx: Sql, troubles: string[]): Promise<void> {
    this.#last = await lastCheckpoint(tx);
    this.#seenBefore = undefined;
    const covered = await tx.rows<{ stream: string; seq: bigint | number; head: string }>('SELECT stream, seq, head FROM log.covered');
    this.#tree = treeOf(covered.map(({ stream, seq, head }) => ({ stream, seq: Number(seq), head })));
    const last = this.#last;
    if (last) {
      const keys = new Map((await this.keys.publicKeys('checkpoint')).map((key) => [key.kid, key]));
      const trouble = troubleWith(last, keys);
      if (trouble) troubles.push(trouble);
      if (!fits(this.#tree, last)) {
        troubles.push(`the table of covered heads does not fit the signed root of checkpoint ${last.idx}; the heads were read from all checkpoints instead`);
        this.#tree = await replay(tx);
        if (fits(this.#tree, last)) await cover(tx, this.#tree.heads());
        else troubles.push(`the heads kept with the checkpoints do not lead to the root of checkpoint ${last.idx}: rows of log.checkpoint were changed or removed`);
      }
    }
    this.#loaded = true;
  }

  /** Heads that moved since the tree's, all as of one moment. A stream that went back is told of and never signed. */
  async #moved(tx: Sql, troubles: string[]): Promise<StreamHead[]> {
    const [now] = await tx.rows<{ xmin: string; heads: [string, number, string][] }>(
      `SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin,
         (SELECT coalesce(json_agg(json_build_array(s.id, s.last_seq, s.head)), '[]') FROM log.stream s WHERE s.last_seq > 0 AND ${this.#seenBefore === undefined ? EVERY_MOVED : MOVED_SINCE}) AS heads`,
      this.#seenBefore === undefined ? [] : [this.#seenBefore],
    );
    const moved: StreamHead[] = [];
    for (const [stream, seq, head] of now!.heads) {
      const before = this.#tree.head(stream);
      if (!before || seq > before.seq) moved.push({ stream, seq, head });
      else if (seq < before.seq || head !== before.head) troubles.push(`${stream} was set back: it stood at event ${before.seq} when it was signed, and is at ${seq} with another hash`);
    }
    this.#seenBefore = now!.xmin;
    return inOrder(moved);
  }

  /** Each trouble is told once by a process, and is on the record. */
  async #tell(ctx: Context, troubles: readonly string[]): Promise<void> {
    const news = troubles.filter((what) => !this.#told.has(what)).slice(0, 100);
    for (const what of news) {
      this.#told.add(what);
      this.onTrouble(what);
    }
    if (news.length > 0) await sqlTransaction((tx) => record(tx, ctx, news.map((what) => organisationEvent('log.trouble_found', { what }))));
  }
}

const EVERY_MOVED = 'NOT EXISTS (SELECT 1 FROM log.covered c WHERE c.stream = s.id AND c.seq = s.last_seq AND c.head = s.head)';
const MOVED_SINCE = 's.id IN (SELECT e.stream FROM log.event e WHERE e.xid >= $1::xid8)';

/** The order of the tree's leaves, which spares it moving them about. */
const inOrder = (heads: StreamHead[]) => heads.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0));

function treeOf(heads: StreamHead[]): HeadTree {
  const tree = new HeadTree();
  for (const head of inOrder(heads)) tree.set(head);
  return tree;
}

const fits = (tree: HeadTree, { tree_size, root }: CheckpointRow) => tree.size === tree_size && tree.root().toString('hex') === root;

/** The tree by what every checkpoint says has moved. */
async function replay(tx: Sql): Promise<HeadTree> {
  const heads = new Map<string, StreamHead>();
  for (let after: bigint | number = 0; ;) {
    const rows: { idx: bigint | number; heads: string }[] = await tx.rows('SELECT idx, heads FROM log.checkpoint WHERE idx > $1 ORDER BY idx LIMIT 200', [after]);
    for (const row of rows) for (const head of readHeads(row.heads)) heads.set(head.stream, head);
    if (rows.length < 200) return treeOf([...heads.values()]);
    after = rows.at(-1)!.idx;
  }
}
