import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closePools, pool } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { BatchWriter, sessionEvent } from '.';
import { GENESIS_HEAD } from './chain';

let database: TestDatabase;
let writer: BatchWriter;
const agent = { kind: 'agent', id: newId() } as const;
const refused = (stream: string) => () => ({ events: [sessionEvent(stream.slice('session/'.length), 'session.lost', { instanceId: 'one', leaseExpiredAt: new Date(0).toISOString() }, { agentId: agent.id })] });

beforeEach(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  writer = new BatchWriter(() => {}, database.urlAs('gateway'));
});
afterEach(async () => {
  await writer.close();
  await closePools();
  await database.drop();
});

describe('a stream that is placed again while a commit is on its way', () => {
  it.each([
    ['from before what was written here already: whatever is decided by it is decided again', 0, 'stream_moved'],
    ['from just before that commit: it goes on after it', 1, 'written'],
  ])('by a reading %s', async (_what, at, kind) => {
    const stream = `session/${newId()}`;
    const moved: string[] = [];
    await writer.close();
    writer = new BatchWriter((one) => moved.push(one), database.urlAs('gateway'));
    await pool().query('INSERT INTO log.stream (id, last_seq, head) VALUES ($1, 0, $2)', [stream, GENESIS_HEAD]);
    const readings = [{ seq: 0, head: GENESIS_HEAD }];
    writer.place(stream, readings[0]!);
    expect(await writer.append(stream, null, agent, refused(stream))).toMatchObject({ kind: 'written', seqs: [1] });
    readings.push({ seq: 1, head: (await pool().query<{ head: string }>('SELECT head FROM log.stream WHERE id = $1', [stream])).rows[0]!.head });
    const busy = await pool().connect();
    let since: number;
    try {
      const [{ pid }] = (await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
      await busy.query('BEGIN');
      await busy.query('SELECT 1 FROM log.stream WHERE id = $1 FOR UPDATE', [stream]);
      const sent = writer.append(stream, null, agent, refused(stream));
      await expect.poll(async () => (await pool().query('SELECT 1 FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))', [pid])).rowCount, { interval: 5, timeout: 30_000 }).toBe(1);
      since = writer.place(stream, readings[at]!);
      await busy.query('COMMIT');
      expect(await sent).toMatchObject({ kind: 'written', seqs: [2] });
    } finally {
      busy.release();
    }
    expect(await writer.append(stream, null, agent, refused(stream), since)).toMatchObject({ kind });
    expect(moved).toEqual(kind === 'written' ? [] : [stream]);
  });
});

describe('what cannot be written down', () => {
  it('is refused to whoever sent it, and the others of its batch are written', async () => {
    const streams = Array.from({ length: 3 }, () => `session/${newId()}`);
    for (const stream of streams) {
      await pool().query('INSERT INTO log.stream (id, last_seq, head) VALUES ($1, 0, $2)', [stream, GENESIS_HEAD]);
      writer.place(stream, { seq: 0, head: GENESIS_HEAD });
    }
    const half = (stream: string) => () => ({ events: [sessionEvent(stream.slice('session/'.length), 'session.lost', { instanceId: 'half \ud83d', leaseExpiredAt: new Date(0).toISOString() }, { agentId: agent.id })] });
    const sent = await Promise.allSettled([writer.append(streams[0]!, null, agent, refused(streams[0]!)), writer.append(streams[1]!, null, agent, half(streams[1]!)), writer.append(streams[1]!, null, agent, refused(streams[1]!)), writer.append(streams[2]!, null, agent, refused(streams[2]!))]);
    expect(sent).toMatchObject([{ value: { kind: 'written' } }, { reason: { code: 'internal' } }, { value: { kind: 'written', seqs: [1] } }, { value: { kind: 'written' } }]);
  });
});

describe('a switch that is thrown while commits wait', () => {
  it('takes those back that were not sent, by generation; what is on its way and what no switch concerns is written', async () => {
    const streams = Array.from({ length: 3 }, () => `session/${newId()}`);
    for (const stream of streams) {
      await pool().query('INSERT INTO log.stream (id, last_seq, head) VALUES ($1, 0, $2)', [stream, GENESIS_HEAD]);
      writer.place(stream, { seq: 0, head: GENESIS_HEAD });
    }
    const [{ generation }] = (await pool().query<{ generation: string }>('SELECT generation FROM switch_generation WHERE id = 1')).rows as [{ generation: string }];
    const busy = await pool().connect();
    try {
      const [{ pid }] = (await busy.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
      await busy.query('BEGIN');
      await busy.query('SELECT 1 FROM log.stream WHERE id = $1 FOR UPDATE', [streams[0]]);
      const sent = writer.append(streams[0]!, Number(generation), agent, refused(streams[0]!));
      // It has left the queue, and stands before the lock.
      await expect.poll(async () => (await pool().query('SELECT 1 FROM pg_locks WHERE NOT granted AND $1 = ANY(pg_blocking_pids(pid))', [pid])).rowCount, { interval: 5, timeout: 30_000 }).toBe(1);
      const decided = writer.append(streams[1]!, Number(generation), agent, refused(streams[1]!));
      const unconcerned = writer.append(streams[2]!, null, agent, refused(streams[2]!));
      expect(writer.waiting).toBe(2);
      writer.overtake();
      // Before the batch that is under way is over.
      expect(await decided).toEqual({ kind: 'overtaken' });
      expect(writer.waiting).toBe(1);
      await busy.query('COMMIT');
      expect(await sent).toMatchObject({ kind: 'written' });
      expect(await unconcerned).toMatchObject({ kind: 'written' });
    } finally {
      busy.release();
    }
    const { rows } = await pool().query<{ id: string; n: number }>('SELECT id, last_seq::int AS n FROM log.stream WHERE id = ANY($1) ORDER BY id', [streams]);
    expect(new Map(rows.map(({ id, n }) => [id, n]))).toEqual(new Map(streams.map((stream, i) => [stream, i === 1 ? 0 : 1])));
  });
});
