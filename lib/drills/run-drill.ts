import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { authorise } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { projectRoot } from '@/lib/project-root';
import { newId } from '@/lib/protocol/ids';
import { drillView, readDrills, tellOfDrill } from './rows';
import { rogueKinds, type DrillView } from './schema';

/** Asks for a drill: a worker takes it up within a moment. One at a time; asking again answers the one that is on. */
export async function runDrill(ctx: Context, input: unknown = {}): Promise<{ drill: DrillView; /** False where one was on already. */ started: boolean }> {
  authorise(ctx, 'drill.run');
  parseInput(z.strictObject({}), input);
  return sqlTransaction(async (tx) => {
    const id = newId();
    // Two who press at once meet on the turn: one takes it, the other waits for that and reads what was written.
    const taken = await tx.rows(
      `INSERT INTO drill (id, state, turn, asked_at, asked_by, version, lease_ms) VALUES ($1, 'asked', 1, $2, $3, $4, $5) ON CONFLICT (turn) DO NOTHING RETURNING id`,
      [id, ctx.now(), JSON.stringify(recordedActor(ctx.actor)), version(), env().leaseMs],
    );
    const [row] = await readDrills(tx, 'WHERE turn = 1');
    if (taken.length === 0) return row ? { drill: drillView(row), started: false } : { drill: drillView((await readDrills(tx, 'ORDER BY asked_at DESC LIMIT 1'))[0]!), started: false };
    await record(tx, ctx, [organisationEvent('drill.started', { drillId: id, version: version(), rogues: [...rogueKinds] })]);
    await tellOfDrill(tx, id);
    return { drill: drillView(row!), started: true };
  });
}

const version = (): string => (JSON.parse(readFileSync(path.join(projectRoot(), 'package.json'), 'utf8')) as { version: string }).version;
