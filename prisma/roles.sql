-- What each process may do in the database. Run by the owner at every start, after the migrations, in one transaction:
-- everything is taken back first, so this file alone says what holds. Deny is the default; a line here is the exception.

REVOKE ALL ON ALL TABLES IN SCHEMA public, log FROM PUBLIC, countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, log FROM PUBLIC, countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log FROM PUBLIC, countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $$ BEGIN
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention', current_database());
END $$;
GRANT USAGE ON SCHEMA public, log TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
GRANT SELECT ON _prisma_migrations TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;

-- The log. Everybody who records may add and read; nobody may change, delete or truncate.
GRANT SELECT, INSERT ON log.event TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
GRANT SELECT, INSERT ON log.stream TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
GRANT UPDATE (last_seq, head) ON log.stream TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
GRANT SELECT ON log.checkpoint, log.anchor_receipt TO countersign_gateway, countersign_console, countersign_control, countersign_worker, countersign_retention;
GRANT INSERT ON log.checkpoint, log.anchor_receipt TO countersign_worker;
GRANT SELECT, INSERT, UPDATE ON log.covered TO countersign_worker;
GRANT EXECUTE ON FUNCTION log.ensure_month(date) TO countersign_worker;

-- Console and worker (the command line's other end) serve people: all rooms.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO countersign_console, countersign_worker;
REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM countersign_console, countersign_worker;

-- The gateway decides actions. It sees no person's password, sign-in or token, and cannot give an agent more than it has.
GRANT SELECT ON agent, agent_secret, agent_key, capability, bundle, switch_order, switch_target, switch_generation TO countersign_gateway;
GRANT SELECT, INSERT, UPDATE ON instance, session, action, approval, payload, session_key, budget_use, gateway, switch_target TO countersign_gateway;
GRANT SELECT, INSERT, DELETE ON assertion_use TO countersign_gateway;
GRANT DELETE ON budget_use, gateway TO countersign_gateway;
GRANT SELECT (id, name, state, roles) ON person TO countersign_gateway;
GRANT SELECT ON approval_signature TO countersign_gateway;

-- Control stops. It reads no payload and decides nothing else.
GRANT SELECT ON agent, instance, session, action, approval, capability, bundle, gateway, control_key TO countersign_control;
GRANT SELECT, INSERT, UPDATE ON switch_order, switch_target, switch_generation TO countersign_control;
GRANT UPDATE ON session, action, approval, budget_use, control_key TO countersign_control;
GRANT SELECT ON budget_use TO countersign_control;
GRANT SELECT (id, name, state, roles) ON person TO countersign_control;

-- Control takes gateways off the list of those that a fence waits for.
GRANT UPDATE (closed_at) ON gateway TO countersign_control;

-- A process stops something in the transaction that records it. It cannot change what stands: a gateway taken over stops, and releases nothing.
GRANT INSERT ON switch_order TO countersign_gateway;
GRANT UPDATE ON switch_generation TO countersign_gateway;

-- Retention destroys keys and salts of what has aged; the chain itself stays.
GRANT SELECT ON session, action TO countersign_retention;
GRANT SELECT, UPDATE, DELETE ON payload, session_key TO countersign_retention;
