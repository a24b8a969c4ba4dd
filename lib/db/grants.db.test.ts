import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { databaseRoles, type DatabaseRole } from './roles';

let db: TestDatabase;
const clients = {} as Record<DatabaseRole, pg.Client>;
beforeAll(async () => {
  db = await createTestDatabase();
  const owner = new pg.Client({ connectionString: db.url });
  await owner.connect();
  await owner.query(`
    INSERT INTO log.stream (id, last_seq, head) VALUES ('org/system', 1, repeat('1', 64));
    INSERT INTO log.event (stream, seq, month, id, type, recorded_at, body, hash) VALUES ('org/system', 1, date_trunc('month', now()), gen_random_uuid(), 'demo.started', now(), '{}', repeat('1', 64));
    INSERT INTO log.checkpoint (idx, id, at, tree_size, root, previous, hash, jws, heads) VALUES (1, gen_random_uuid(), now(), 1, 'r', 'p', 'h', 'j', '[]')`);
  await owner.end();
  for (const role of databaseRoles) {
    clients[role] = new pg.Client({ connectionString: db.urlAs(role) });
    await clients[role].connect();
  }
});
afterAll(async () => {
  await Promise.all(databaseRoles.map((role) => clients[role].end()));
  await db.drop();
});

/** How Postgres answers: allowed (and rolled back), refused for want of a grant, or refused for another reason, which is told. */
async function attempt(role: DatabaseRole, statement: string): Promise<string> {
  const client = clients[role];
  await client.query('BEGIN');
  try {
    await client.query(statement);
    return 'allowed';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === '42501' ? 'refused' : `${code}: ${message}`;
  } finally {
    await client.query('ROLLBACK');
  }
}

const others = (...but: DatabaseRole[]) => databaseRoles.filter((role) => !but.includes(role));
const order = `INSERT INTO switch_order (id, scope, engaged_by, engaged_at, generation) VALUES (gen_random_uuid(), 'global', '{}', now(), 1)`;
const event = (type: string) => `INSERT INTO log.event (stream, seq, month, id, type, recorded_at, body, hash) VALUES ('org/system', 2, date_trunc('month', now()), gen_random_uuid(), '${type}', now(), '{}', repeat('2', 64))`;

const erasure = `INSERT INTO erasure (id, kind, why, asked_by, asked_at) VALUES (gen_random_uuid(), 'asked', 'w', '{}', now())`;

const mustNot: [DatabaseRole[], string[]][] = [
  [[...databaseRoles], [
    // What is recorded stays, by whatever name it is reached.
    `UPDATE log.event SET body = 'x'`, `UPDATE log.event SET hash = 'x' WHERE false`, 'DELETE FROM log.event', 'DELETE FROM log.event WHERE false', 'TRUNCATE log.event',
    'DELETE FROM log.event_default', 'TRUNCATE log.event_default', `INSERT INTO log.event_default SELECT * FROM log.event`,
    `MERGE INTO log.event e USING (SELECT 1) x ON true WHEN MATCHED THEN DELETE`, 'DELETE FROM log.stream', 'TRUNCATE log.stream', `UPDATE log.stream SET last_seq = 0`, `UPDATE log.stream SET created_at = now()`, `UPDATE log.stream SET last_seq = 1, head = 'x'`,
    'UPDATE log.checkpoint SET root = \'x\'', 'DELETE FROM log.checkpoint', 'TRUNCATE log.checkpoint CASCADE', 'UPDATE log.anchor_receipt SET ok = true', 'DELETE FROM log.anchor_receipt',
    // Nor may anybody change the rules that hold it.
    'ALTER TABLE log.event DISABLE TRIGGER ALL', 'DROP TABLE log.event', 'ALTER TABLE log.event DETACH PARTITION log.event_default', 'DROP TRIGGER event_append_only ON log.event', 'SET session_replication_role = replica',
    'CREATE TABLE public.mine (id int)', 'CREATE TABLE log.mine (id int)', 'CREATE OR REPLACE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS \'BEGIN RETURN NULL; END\'',
    'SET ROLE countersign_owner', 'ALTER ROLE CURRENT_USER SUPERUSER', `UPDATE _prisma_migrations SET checksum = 'x'`, 'COPY log.event TO PROGRAM \'cat\'',
    'UPDATE bundle SET body = \'x\'', 'DELETE FROM bundle', 'DELETE FROM action', 'DELETE FROM approval', 'DELETE FROM approval_signature', 'UPDATE approval_signature SET verdict = \'approve\'', 'DELETE FROM switch_order', 'DELETE FROM person', 'DELETE FROM session', 'DELETE FROM drill', 'DELETE FROM drill_target', 'TRUNCATE drill CASCADE',
  ]],
  [others('worker'), [`INSERT INTO log.checkpoint (idx, id, at, tree_size, root, previous, hash, jws, heads) VALUES (2, gen_random_uuid(), now(), 1, 'r', 'p', 'h2', 'j', '[]')`, `INSERT INTO log.covered VALUES ('x', 1, 'h')`, `INSERT INTO log.anchor_receipt (checkpoint_idx, anchor, ok) VALUES (1, 'file', true)`, `SELECT log.ensure_month('2030-01-01')`, `INSERT INTO bundle (sequence, sha256, body, jws) VALUES (9, 'x', 'x', 'x')`]],
  [others('control'), [`UPDATE switch_order SET state = 'released'`, `UPDATE switch_order SET release_jws = 'x'`, `UPDATE switch_order SET order_jws = 'x'`]],
  [others('console'), [`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'approve', 'd', '{}', now())`, `UPDATE approval SET decided_by_id = gen_random_uuid()`, `INSERT INTO sign_in (id, person_id, expires_at) VALUES (gen_random_uuid(), gen_random_uuid(), now())`]],
  [['gateway', 'control', 'retention'], ['SELECT password_hash FROM person', 'SELECT * FROM person', 'SELECT * FROM api_token', 'SELECT * FROM sign_in', 'SELECT * FROM setup_link', 'UPDATE person SET roles = \'{admin}\'', `INSERT INTO capability (id, agent_id, toolset, operations, scope) VALUES (gen_random_uuid(), gen_random_uuid(), 'x', '{*}', '**')`, `UPDATE agent SET state = 'active'`, `INSERT INTO agent_secret (id, agent_id, hash) VALUES (gen_random_uuid(), gen_random_uuid(), 'h')`]],
  [['control', 'retention'], ['SELECT email FROM person']],
  [['control'], ['SELECT sealed FROM payload', 'SELECT wrapped FROM session_key', `UPDATE approval SET state = 'approved', use_by = now()`, 'SELECT hash FROM agent_secret', `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, decided_at) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'r', 't', 'd', 'allow', 'c', 'r', '{}', 'v', 1, now())`]],
  [['console', 'worker'], [`INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, decided_at) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'r', 't', 'd', 'allow', 'c', 'r', '{}', 'v', 1, now())`, `UPDATE action SET permitted_at = now()`, `INSERT INTO session (id, agent_id, instance_id, purpose, canary, delimiter) VALUES (gen_random_uuid(), gen_random_uuid(), 'i', 'p', 'c', 'd')`, 'UPDATE payload SET sealed = NULL', 'DELETE FROM session_key']],
  // That a process has ended, and that a stop is confirmed, is not a gateway's word; who says it is let in by a key that only control reads.
  [['gateway'], ['UPDATE switch_target SET exited_at = now()', 'UPDATE switch_target SET confirmed_at = now()', `UPDATE switch_target SET exit_evidence = 'pidns-empty'`, 'SELECT hash FROM supervisor_key']],
  [others('control'), ['UPDATE supervisor SET exited_at = now()', `INSERT INTO supervisor (agent_id, instance_id, key_id, pid, connected_at, seen_at, holds_until) VALUES (gen_random_uuid(), 'i', gen_random_uuid(), 1, now(), now(), now())`]],
  [['gateway'], ['SELECT * FROM control_key', 'UPDATE payload SET mac = \'x\'', 'DELETE FROM budget_use', 'DELETE FROM gateway']],
  [['retention'], ['SELECT * FROM approval', 'SELECT * FROM agent', 'SELECT sealed FROM payload', 'SELECT salt FROM payload', 'SELECT wrapped FROM session_key', 'DELETE FROM payload', 'DELETE FROM session_key', `UPDATE payload SET mac = 'x'`, `UPDATE payload SET session_id = gen_random_uuid()`, `UPDATE erasure SET why = 'x'`, 'DELETE FROM erasure', `UPDATE session SET state = 'open'`, 'SELECT purpose FROM session', order]],
  // What opens an account or proves who somebody is belongs to the process that lets people in.
  [others('console'), [
    'SELECT sealed FROM totp', 'SELECT last_step FROM totp', 'SELECT hash FROM recovery_code', 'SELECT person_id FROM recovery_code', 'SELECT challenge FROM passkey_challenge', 'SELECT nonce FROM passkey_challenge', 'SELECT hash FROM device', 'SELECT known_at FROM device',
    'SELECT hash FROM live_ticket', 'SELECT key FROM sign_in_attempt', 'SELECT counter FROM passkey', 'UPDATE passkey SET public_key = \'\'', `UPDATE passkey SET counter = 0`, `UPDATE stop_key SET jwk = '{}'`, 'UPDATE stop_key SET expires_at = now()',
    `INSERT INTO passkey (id, person_id, credential_id, public_key, name) VALUES (gen_random_uuid(), gen_random_uuid(), 'c', '', 'n')`, `INSERT INTO totp (person_id, sealed, key_id) VALUES (gen_random_uuid(), '', 'k')`, `INSERT INTO recovery_code (id, person_id, hash) VALUES (gen_random_uuid(), gen_random_uuid(), 'h')`,
    `INSERT INTO device (id, person_id, hash) VALUES (gen_random_uuid(), gen_random_uuid(), 'h')`, `INSERT INTO identity (id, person_id, issuer, subject) VALUES (gen_random_uuid(), gen_random_uuid(), 'i', 's')`, `INSERT INTO stop_key (id, person_id, name, jwk, expires_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'n', '{}', now())`,
  ]],
  [['gateway', 'control', 'retention'], ['SELECT * FROM identity', 'SELECT * FROM pending_request', `UPDATE setting SET value = '{}'`, `INSERT INTO right_grant VALUES (gen_random_uuid(), 'role', 'admin', now())`, `INSERT INTO team_member VALUES (gen_random_uuid(), gen_random_uuid())`, `INSERT INTO service_account (id, name) VALUES (gen_random_uuid(), 'x')`, `INSERT INTO custom_role (name) VALUES ('x')`]],
  [['gateway', 'worker', 'retention'], ['SELECT jwk FROM stop_key', `INSERT INTO stop_key_nonce VALUES (gen_random_uuid(), 'n', now())`, 'SELECT nonce FROM stop_key_nonce']],
  [['worker'], ['SELECT public_key FROM passkey', 'UPDATE passkey SET revoked_at = now()', `INSERT INTO pending_request (id, kind, object_id, person_id, body, expires_at) VALUES (gen_random_uuid(), 'switch_release', 'o', gen_random_uuid(), '{}', now())`]],
  [[...databaseRoles], ['DELETE FROM passkey', 'DELETE FROM stop_key', 'DELETE FROM device']],
  [['gateway', 'retention'], ['SELECT * FROM setting']],
  [['control', 'retention'], ['SELECT * FROM team_member']],
  // What a passkey verifies by stays, whoever was taken over; an added one comes with its event (see below).
  [[...databaseRoles], [`UPDATE passkey SET public_key = ''`, `UPDATE passkey SET credential_id = 'c'`, 'UPDATE passkey SET person_id = gen_random_uuid()', 'UPDATE passkey SET created_at = now()', 'DELETE FROM passkey']],
  // Whoever asks for an erasure can't carry it out, and whoever can't ask for one can't say that it was.
  [others('retention'), ['UPDATE erasure SET done_at = now()', 'DELETE FROM erasure', 'UPDATE payload SET erased_at = now()', 'UPDATE session_key SET erased_at = now()']],
  [others('retention'), ['UPDATE session_key SET wrapped = NULL']],
  [['gateway', 'control'], [erasure, 'SELECT * FROM erasure']],
];

const must: [DatabaseRole[], string[]][] = [
  [[...databaseRoles], ['SELECT body FROM log.event', event('demo.started'), `INSERT INTO log.stream (id) VALUES ('session/x') ON CONFLICT DO NOTHING`, `SELECT 1 FROM log.stream FOR UPDATE`, `UPDATE log.stream SET last_seq = 2, head = repeat('2', 64) WHERE id = 'org/system'`, `SELECT pg_notify('cs_log', '{}')`]],
  [others('retention'), [order, 'UPDATE switch_generation SET generation = generation + 1', 'SELECT generation FROM switch_generation FOR UPDATE', 'SELECT * FROM switch_order', 'SELECT id, name, state, roles FROM person', 'SELECT 1 FROM approval FOR UPDATE']],
  [['worker'], [`SELECT log.ensure_month('2030-01-01')`, `INSERT INTO log.covered VALUES ('x', 1, 'h') ON CONFLICT (stream) DO UPDATE SET seq = 2`, 'DELETE FROM assertion_use', 'DELETE FROM live_ticket', 'DELETE FROM gateway', 'SELECT id, erased_at FROM payload']],
  [['console'], ['UPDATE switch_order SET release_requested_at = now(), release_requested_by = \'{}\'', 'DELETE FROM sign_in_attempt']],
  [['control'], [`UPDATE switch_order SET state = 'released', release_jws = 'x', epoch = 1`, `UPDATE session SET state = 'stopped', stopped_by = NULL, ended_at = now()`, 'UPDATE gateway SET closed_at = now()', 'SELECT * FROM control_key']],
  [['gateway'], ['SELECT id, name, email, state, roles FROM person', 'SELECT * FROM team', 'SELECT * FROM team_member', 'SELECT * FROM agent_secret', `UPDATE approval SET state = 'used', used_at = now()`, 'SELECT sealed FROM payload', `UPDATE instance SET lease_expires_at = now()`]],
  [['retention'], ['UPDATE payload SET sealed = NULL, salt = NULL, erased_at = now()', 'UPDATE session_key SET wrapped = NULL', erasure, 'UPDATE erasure SET done_at = now(), payloads = 1, sessions = 1', `UPDATE payload SET sealed = NULL, salt = NULL, erased_at = now() WHERE session_id IN (SELECT id FROM session WHERE ended_at < now()) AND kind = 'args' AND erased_at IS NULL RETURNING id, session_id, kind`]],
  [['console', 'worker'], [erasure, 'SELECT * FROM erasure', 'SELECT * FROM person', 'SELECT * FROM setup_link', 'SELECT * FROM identity', 'SELECT * FROM setting', `UPDATE stop_key SET revoked_at = now() WHERE person_id = gen_random_uuid()`, `UPDATE sign_in SET revoked_at = now() WHERE person_id = gen_random_uuid()`,
    'DELETE FROM passkey_challenge WHERE expires_at < now()', 'DELETE FROM stop_key_nonce WHERE expires_at < now()', 'DELETE FROM live_ticket WHERE expires_at < now()', 'DELETE FROM sign_in_attempt WHERE updated_at < now()']],
  [['console'], ['UPDATE passkey SET revoked_at = now()', 'SELECT sealed FROM totp', 'SELECT hash FROM recovery_code', 'SELECT challenge FROM passkey_challenge', 'SELECT hash FROM device', 'UPDATE passkey SET counter = 1']],
  [['gateway', 'control'], ['SELECT id, person_id, credential_id, public_key, revoked_at FROM passkey']],
  [['control'], ['SELECT * FROM setting']],
  [['control'], ['SELECT jwk FROM stop_key', 'SELECT verbs FROM custom_role', 'UPDATE stop_key SET last_used_at = now()']],
];

/** Every grant that stands, as Postgres itself knows it: one line a role and object. Changing prisma/roles.sql means changing the file beside this test, in the same commit. */
async function standingGrants(): Promise<string> {
  const owner = new pg.Client({ connectionString: db.url });
  await owner.connect();
  const { rows } = await owner.query<{ line: string }>(`
    SELECT grantee || ' ' || object || ': ' || string_agg(privilege, ', ' ORDER BY privilege) AS line FROM (
      SELECT grantee, table_schema || '.' || table_name AS object, privilege_type AS privilege FROM information_schema.role_table_grants WHERE grantee LIKE 'countersign\_%' AND grantee <> 'countersign_owner'
      UNION ALL
      SELECT c.grantee, c.table_schema || '.' || c.table_name, c.privilege_type || ' (' || string_agg(c.column_name, ', ' ORDER BY c.column_name) || ')' FROM information_schema.column_privileges c
      WHERE c.grantee LIKE 'countersign\_%' AND c.grantee <> 'countersign_owner' AND NOT EXISTS (SELECT 1 FROM information_schema.role_table_grants t WHERE t.grantee = c.grantee AND t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.privilege_type = c.privilege_type)
      GROUP BY c.grantee, c.table_schema, c.table_name, c.privilege_type
      UNION ALL
      SELECT grantee, routine_schema || '.' || routine_name || '()', privilege_type FROM information_schema.role_routine_grants WHERE grantee LIKE 'countersign\_%' AND grantee <> 'countersign_owner' AND routine_schema IN ('public', 'log')
      UNION ALL
      SELECT grantee, object_type || ' ' || object_schema || '.' || object_name, privilege_type FROM information_schema.role_usage_grants WHERE grantee LIKE 'countersign\_%' AND grantee <> 'countersign_owner' AND object_schema IN ('public', 'log')
    ) AS g GROUP BY grantee, object ORDER BY grantee, object`);
  const { rows: [anybody] } = await owner.query<{ n: number }>(`SELECT count(*)::int AS n FROM information_schema.role_table_grants WHERE grantee = 'PUBLIC' AND table_schema IN ('public', 'log')`);
  await owner.end();
  return `${[...rows.map(({ line }) => line), `PUBLIC: ${anybody!.n}`].join('\n')}\n`;
}

describe('a database role', () => {
  it('holds the grants that are written down beside this test, and no others', async () => {
    await expect(await standingGrants()).toMatchFileSnapshot('./grants.txt');
  });

  it('is refused what is not its own', async () => {
    const wrong: string[] = [];
    for (const [roles, statements] of mustNot) for (const role of roles) for (const statement of statements) {
      const outcome = await attempt(role, statement);
      if (outcome !== 'refused') wrong.push(`${role}: ${statement} → ${outcome}`);
    }
    expect(wrong).toEqual([]);
  });

  it('may do what its process needs', async () => {
    const wrong: string[] = [];
    for (const [roles, statements] of must) for (const role of roles) for (const statement of statements) {
      const outcome = await attempt(role, statement);
      if (outcome !== 'allowed') wrong.push(`${role}: ${statement} → ${outcome}`);
    }
    expect(wrong).toEqual([]);
  });

  it('is no way around: the owner itself meets the triggers', async () => {
    const owner = new pg.Client({ connectionString: db.url });
    await owner.connect();
    for (const statement of [`UPDATE log.event SET body = 'x'`, 'DELETE FROM log.event', 'TRUNCATE log.event', 'DELETE FROM log.event_default; DELETE FROM log.checkpoint', 'TRUNCATE log.event_default', 'UPDATE log.stream SET last_seq = 0', 'DELETE FROM log.stream', 'TRUNCATE log.checkpoint CASCADE']) {
      await expect(owner.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
    const { rows } = await owner.query(`SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
      WHERE n.nspname = 'log' AND p.relname = 'event' AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE '%no_truncate')`);
    expect(rows).toEqual([]);
    await owner.end();
  });
});
