import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { sqlTransactionOnce, type Sql } from '@/lib/db';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { addReceipts, checkpointsAfter, takeTurn, type AnchorPlace } from './anchor-place';

const BATCH = 500;
const AGAIN_MS = 60_000;

/** Where it is kept unless somebody says otherwise. */
export const anchorFile = (dataDir: string): string => path.join(dataDir, 'anchor', 'checkpoints.ndjson');

/** What the file knows that the database doesn't: the newest checkpoint it holds, and what stands at that index now (null: nothing). */
export type SetBack = { anchored: number; database: number | null };

/**
 * Keeps every checkpoint in a file, a line each, on disk before it counts. The file itself says where it ends; when the
 * database no longer has what stands there, `onSetBack` hears of it, and the file is kept aside for whoever looks into it.
 */
export function fileAnchor(file: string, onSetBack: (found: SetBack) => Promise<void>): AnchorPlace {
  const name = 'file';
  return {
    name,
    async handOver() {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      return sqlTransactionOnce(async (tx) => {
        await takeTurn(tx, `file/${file}`);
        const handle = await open(file, 'a+', 0o600);
        try {
          const end = await endOf(handle);
          const found = end && (await setBackSince(tx, end));
          if (found) {
            await onSetBack(found);
            await rename(file, `${file}.before-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
            return 0;
          }
          const rows = await checkpointsAfter(tx, end?.index ?? 0, BATCH);
          if (rows.length === 0) return AGAIN_MS;
          await handle.appendFile(rows.map(({ idx, at, hash, jws }) => `${canonicalJson({ at: at.toISOString(), hash, index: idx, jws })}\n`).join(''));
          await handle.sync();
          await addReceipts(tx, name, rows.map(({ idx }) => idx), { ok: true, detail: file });
          return rows.length === BATCH ? 0 : AGAIN_MS;
        } finally {
          await handle.close();
        }
      });
    },
  };
}

/** Looks whether the database still holds what stands at the end of the file, and changes nothing; undefined where it does, or where there is no file yet. */
export async function heldAgainstFile(tx: Sql, file: string): Promise<SetBack | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return undefined;
  try {
    const end = lastOf((await tailOf(handle)).whole);
    return end && (await setBackSince(tx, end));
  } finally {
    await handle.close();
  }
}

async function setBackSince(tx: Sql, end: { index: number; hash: string }): Promise<SetBack | undefined> {
  const [there] = await tx.rows<{ hash: string | null; newest: number | null }>(
    'SELECT (SELECT hash FROM log.checkpoint WHERE idx = $1) AS hash, (SELECT max(idx)::int FROM log.checkpoint) AS newest', [end.index],
  );
  return there?.hash === end.hash ? undefined : { anchored: end.index, database: there?.newest ?? null };
}

/** The last checkpoint in the file. A line that a crash cut short never counted; it is taken off. */
async function endOf(handle: FileHandle): Promise<{ index: number; hash: string } | undefined> {
  const { whole, ends, size } = await tailOf(handle);
  if (ends < size) {
    await handle.truncate(ends);
    await handle.sync();
  }
  return lastOf(whole);
}

/** The end of the file as far as its lines are whole, and where the last of them ends. */
async function tailOf(handle: FileHandle): Promise<{ whole: string; ends: number; size: number }> {
  const { size } = await handle.stat();
  const from = Math.max(0, size - 16 * 1024);
  const tail = Buffer.alloc(size - from);
  await handle.read(tail, 0, tail.length, from);
  const length = tail.lastIndexOf(0x0a) + 1;
  return { whole: tail.subarray(0, length).toString('utf8'), ends: from + length, size };
}

function lastOf(lines: string): { index: number; hash: string } | undefined {
  const line = lines.split('\n').filter((text) => text !== '').at(-1);
  if (line === undefined) return undefined;
  const { index, hash } = JSON.parse(line) as { index: unknown; hash: unknown };
  if (!Number.isSafeInteger(index) || typeof hash !== 'string') throw new Error('The last line of the anchor file is no checkpoint. Move the file away to begin a new one, and find out who changed it.');
  return { index: index as number, hash };
}
