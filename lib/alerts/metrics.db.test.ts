import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, pool, sqlOf } from '@/lib/db';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertFleet, insertPerson } from '@/lib/testing/fleet';
import { carryOutActs } from './carry-out-acts';
import { closeAlert } from './close-alert';
import { registerAlertMetrics } from './metrics';
import { canary, followAll, injection, seeInput } from './testing';

let db: TestDatabase;
const owner = () => sqlOf(pool(db.url));
beforeAll(async () => {
  db = await createTestDatabase();
  process.env.DATABASE_URL = db.url;
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await db.drop();
});

/** What a gateway says of alerts when it is scraped, read as its own role. */
async function scraped(): Promise<string[]> {
  const registry = new Registry();
  registerAlertMetrics(registry, sqlOf(pool(db.urlAs('gateway'))));
  return (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('the figures of alerts, read by the gateway’s own role', () => {
  it('are there before there is any alert', async () => {
    expect((await scraped()).sort()).toEqual([
      'countersign_alerts_open{severity="low"} 0', 'countersign_alerts_open{severity="medium"} 0', 'countersign_alerts_open{severity="high"} 0', 'countersign_alerts_open{severity="critical"} 0',
      'countersign_alert_acts_due{act="constrain"} 0', 'countersign_alert_acts_due{act="pause"} 0', 'countersign_alert_acts_due{act="stop"} 0', 'countersign_alert_lag_seconds 0',
    ].sort());
  });

  it('say what was raised, counted, done and closed, and how far behind the log anybody is', async () => {
    const [one, other] = (await insertFleet(owner(), { agents: 1, sessionsEach: 2 })).sessions;
    await seeInput(db.url, one!, [canary()]);
    await seeInput(db.url, other!, [injection(), injection({ span: [20, 30] })]);
    const before = await scraped();
    expect(lagOf(before)).toBeGreaterThan(0);
    await followAll();
    // The alerts themselves are on the log as well, and read next.
    await followAll();
    expect(await scraped()).toEqual(expect.arrayContaining([
      'countersign_alerts_open{severity="critical"} 1', 'countersign_alerts_open{severity="high"} 1', 'countersign_alerts_raised_total{rule="canary",severity="critical"} 1', 'countersign_alert_findings_total{detector="injection"} 2',
      'countersign_alert_acts_due{act="constrain"} 1', 'countersign_alert_acts_due{act="stop"} 1', 'countersign_alert_lag_seconds 0',
    ]));
    await carryOutActs(makeContext({ kind: 'system', process: 'worker' }));
    const ada = makeContext(await insertPerson(owner(), 'Ada', ['admin']));
    const [alert] = await owner().rows<{ id: string }>(`SELECT id FROM alert WHERE rule = 'canary'`);
    await closeAlert(ada, { alertId: alert!.id, as: 'true', note: 'The agent handed out its instructions.' });
    const after = await scraped();
    expect(after).toEqual(expect.arrayContaining(['countersign_alerts_open{severity="critical"} 0', 'countersign_alerts_raised_total{rule="canary",severity="critical"} 1', 'countersign_alerts_closed_total{rule="canary",as="true"} 1', 'countersign_alert_acts_due{act="stop"} 0']));
    expect(after.filter((line) => line.startsWith('countersign_alert_acts_total{act="stop"'))).toHaveLength(1);
  });

  it('is all that this role may do with alerts', async () => {
    const gateway = sqlOf(pool(db.urlAs('gateway')));
    for (const statement of [`UPDATE alert SET state = 'closed'`, 'DELETE FROM alert', `UPDATE alert_act SET outcome = 'done'`, 'DELETE FROM alert_act', 'DELETE FROM alert_cursor']) await expect(gateway.rows(statement), statement).rejects.toMatchObject({ code: '42501' });
  });
});

const lagOf = (lines: readonly string[]) => Number(lines.find((line) => line.startsWith('countersign_alert_lag_seconds'))?.split(' ')[1]);
