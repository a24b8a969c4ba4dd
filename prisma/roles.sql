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
GRANT SELECT ON log.covered TO countersign_console;
GRANT EXECUTE ON FUNCTION log.ensure_month(date) TO countersign_worker;

-- The console reads all rooms, for people's screens and for letting people in. What it writes is named.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO countersign_console;
-- The worker (the command line's other end) reads what its clocks and commands are about. What opens an account or proves
-- who somebody is (one-time passwords, recovery codes, challenges, devices, tickets) is the console's alone.
GRANT SELECT ON agent, agent_secret, agent_key, assertion_use, capability, instance, session, action, approval, approval_signature, approval_change, budget_use, bundle, demo_fleet TO countersign_worker;
GRANT SELECT ON switch_order, switch_target, switch_generation, gateway, control_key, supervisor_key, supervisor, payload, session_key, erasure, setting TO countersign_worker;
GRANT SELECT ON person, setup_link, api_token, sign_in, identity, team, team_member, custom_role, right_grant, group_mapping, service_account, pending_request TO countersign_worker;
GRANT SELECT (id, person_id, credential_id, name, created_at, last_used_at, revoked_at) ON passkey TO countersign_worker;
GRANT SELECT (id, person_id, name, created_at, expires_at, last_used_at, revoked_at) ON stop_key TO countersign_worker;
-- To sweep what is over it needs to know when that is, and no more.
GRANT SELECT (expires_at) ON live_ticket, passkey_challenge, second_step, stop_key_nonce TO countersign_worker;
GRANT SELECT (updated_at) ON sign_in_attempt TO countersign_worker;

-- Of accounts: both make people, links and tokens; only the console lets anybody in.
GRANT INSERT, UPDATE ON person, setup_link, api_token TO countersign_console, countersign_worker;
GRANT INSERT, UPDATE ON sign_in, live_ticket, sign_in_attempt TO countersign_console;
GRANT UPDATE (revoked_at, ended_why) ON sign_in TO countersign_worker;
GRANT DELETE ON sign_in_attempt, live_ticket TO countersign_console, countersign_worker;
-- Credentials are made and used up where people are let in; the worker ends what a deactivated person had, and sweeps.
GRANT INSERT, UPDATE, DELETE ON identity, passkey_challenge, totp, recovery_code, second_step, stop_key_nonce TO countersign_console;
-- Rows that others point at are ended, and stay. What a passkey verifies by is written once, with its event (a trigger asks for it), and never again.
GRANT INSERT, UPDATE ON device, stop_key TO countersign_console;
GRANT INSERT, UPDATE (name, counter, backed_up, last_used_at, revoked_at) ON passkey TO countersign_console;
GRANT UPDATE (revoked_at) ON stop_key TO countersign_worker;
GRANT DELETE ON passkey_challenge, second_step, stop_key_nonce TO countersign_worker;
GRANT DELETE ON pending_request TO countersign_console, countersign_worker;
GRANT INSERT, UPDATE, DELETE ON team, team_member, custom_role, right_grant, group_mapping TO countersign_console, countersign_worker;
GRANT INSERT, UPDATE ON service_account, setting TO countersign_console, countersign_worker;
-- Only the console's REST leaves something for its person to finish; deactivating somebody ends it.
GRANT INSERT, UPDATE ON pending_request TO countersign_console;
GRANT UPDATE (finished_at, outcome) ON pending_request TO countersign_worker;
-- Who is on call: handed over in the console, or asked of another system by the worker, which alone says how that went. What was is never rewritten but for its end.
GRANT INSERT, UPDATE (description, url, schedule_ids, sealed, key_id, archived_at) ON on_call_rota TO countersign_console;
GRANT SELECT, UPDATE (polled_at, good_at, failing_since, failure, "unknown", sealed, key_id) ON on_call_rota TO countersign_worker;
GRANT INSERT, UPDATE (ended_at) ON on_call_shift TO countersign_console, countersign_worker;
GRANT SELECT ON on_call_shift TO countersign_worker;
-- Which keys are in use, and since when; never a key.
GRANT SELECT, INSERT, UPDATE ON key_use TO countersign_gateway, countersign_console, countersign_control, countersign_worker;

-- Of agents, control keys and the demo: what an administrator asks for.
GRANT INSERT, UPDATE ON agent, agent_secret, control_key, supervisor_key, demo_fleet TO countersign_console, countersign_worker;
GRANT INSERT, UPDATE, DELETE ON agent_key, capability TO countersign_console, countersign_worker;
GRANT DELETE ON assertion_use TO countersign_worker;

-- Of bundles: the worker holds the key that signs them. Nobody changes one.
GRANT INSERT ON bundle TO countersign_worker;

-- Of approvals: the console writes what people decide, the worker what the clock does. Neither makes an action.
-- Who changes arguments writes the new ones, sealed, and what people read of them; the rules' stricter terms with them. The gateway holds the
-- terms against the rules itself before it makes a permit, and how long there is to decide and to use stays what it wrote.
GRANT INSERT ON approval_signature, approval_change, payload TO countersign_console;
GRANT UPDATE (state, cancel_reason, revision, digest, tier, escalated_at, escalate_at, use_by, decided_at, decided_by_id, decision_reason, title, shape, route, route_judged_at, risk, sentence, rule_ids, policy_version) ON approval TO countersign_console;
-- The worker alone says whether a route can be met, and when it looks again.
GRANT UPDATE (state, cancel_reason, tier, escalated_at, escalate_at, route_judged_at, unmet, decided_at) ON approval TO countersign_worker;
-- How a person looks at the queue is theirs to keep and to drop. Of a word on many approvals only how far it has come is ever written again.
GRANT INSERT, DELETE ON saved_view TO countersign_console;
GRANT INSERT, UPDATE (position, recorded, failures, state, moved_at) ON bulk_decision TO countersign_console;
GRANT UPDATE (decision, code, reason, final_digest, final_payload_id) ON action TO countersign_console;
GRANT UPDATE (decision, code, reason) ON action TO countersign_worker;
GRANT UPDATE (calls, cost) ON budget_use TO countersign_console, countersign_worker;

-- Of switches: both engage; the console asks for releases, which only control can complete; the worker works off what stands.
GRANT INSERT ON switch_order TO countersign_console, countersign_worker;
GRANT UPDATE ON switch_generation TO countersign_console, countersign_worker;
GRANT UPDATE (reason, release_requested_at, release_requested_by, release_assertions) ON switch_order TO countersign_console;
GRANT UPDATE (matched, fenced_at, confirmed_at, unconfirmed_at) ON switch_order TO countersign_worker;
GRANT INSERT, UPDATE ON switch_target TO countersign_worker;
GRANT UPDATE (state, lost_at, ended_at, stopped_by) ON session TO countersign_worker;
GRANT UPDATE (closed_at) ON gateway TO countersign_worker;
GRANT DELETE ON gateway TO countersign_worker;

-- Detectors stop by the worker or by a service account at the console; people look at their alerts there.
GRANT INSERT ON detector_stop, detector_alert TO countersign_console, countersign_worker;
GRANT SELECT ON detector_stop, detector_alert TO countersign_worker;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON detector_alert TO countersign_console;
-- To lock the alert that stands, while another session is added to it.
GRANT UPDATE (acknowledged_at) ON detector_alert TO countersign_worker;
-- People arm, disarm and say that they are here in the console, and by control; worker and control fire.
GRANT INSERT, UPDATE (state, seen_at, seen_by, ended_at, ended_by) ON dead_man TO countersign_console;
GRANT SELECT, UPDATE (state, seen_at, seen_by, ended_at, order_id) ON dead_man TO countersign_control;
GRANT SELECT, UPDATE (state, ended_at, order_id) ON dead_man TO countersign_worker;
-- Stopping a session makes its dump due; the worker seals it under the session's own key, as the gateway seals its texts, and changes no text.
GRANT INSERT ON session_dump TO countersign_control;
GRANT SELECT, INSERT, UPDATE (tries, due_at, done_at, payload_id, mac, bytes, to_seq) ON session_dump TO countersign_worker;
GRANT INSERT ON payload TO countersign_worker;
GRANT SELECT, INSERT ON incident_suggestion TO countersign_worker;
-- Whoever engages may hold the agent's new sessions with it; the gateway refuses them, and only the console, for a person, ends a hold.
GRANT SELECT, INSERT ON session_hold TO countersign_control, countersign_worker;
GRANT INSERT, UPDATE (ended_at, ended_by) ON session_hold TO countersign_console;
GRANT SELECT ON session_hold TO countersign_gateway;

-- Alerts: the worker follows the log, raises them, counts and acts; people acknowledge, assign, close and mute in the console. Nobody deletes one,
-- and neither side can write the other's part: the worker labels nothing, the console counts nothing.
GRANT SELECT, INSERT, UPDATE (count, last_at, evidence) ON alert TO countersign_worker;
GRANT UPDATE (state, acknowledged_at, acknowledged_by, assigned_at, assigned_by, assigned_to, closed_at, closed_by, closed_as, note) ON alert TO countersign_console;
GRANT SELECT, INSERT, UPDATE (done_at, outcome, order_id) ON alert_act TO countersign_worker;
GRANT SELECT, INSERT, UPDATE (stream, seq, at) ON alert_cursor TO countersign_worker;
GRANT INSERT, UPDATE (ended_at, ended_by) ON alert_mute TO countersign_console;
-- One of a rule's acts: it narrows what a session may do. Only the console, for a person, widens it again.
GRANT UPDATE (constrained_at, constrained_by) ON session TO countersign_worker, countersign_console;
-- For the figures at its /metrics: how many there are and of which severity; not whom they are about.
GRANT SELECT (severity, state, rule, detector, count, closed_as) ON alert TO countersign_gateway;
GRANT SELECT (act, outcome, due_at, done_at) ON alert_act TO countersign_gateway;
GRANT SELECT ON alert_cursor TO countersign_gateway;

-- Notify: people make channels in the console, which seals their secrets; the worker opens them, makes and delivers what is to be told, and says
-- how each channel goes. The console sends a test, sends a dead letter once more, and gives up what a removed channel would have told.
GRANT INSERT, UPDATE (leads_to, settings, default_page, changed_at, removed_at) ON channel TO countersign_console;
GRANT INSERT, UPDATE (ends_at), DELETE ON channel_secret TO countersign_console;
GRANT INSERT, UPDATE (state, due_at, lease_until, done_at) ON notice TO countersign_console;
-- A notice's order is drawn from it.
GRANT USAGE ON SEQUENCE notice_place_seq TO countersign_console, countersign_worker;
GRANT SELECT, UPDATE (failures, failing_since, last_ok_at, last_error) ON channel TO countersign_worker;
-- To wrap secrets anew after their key was rotated.
GRANT SELECT, UPDATE (sealed, key_id) ON channel_secret TO countersign_worker;
GRANT SELECT, INSERT, UPDATE (state, attempts, due_at, lease_until, done_at, last_error), DELETE ON notice TO countersign_worker;
GRANT SELECT, INSERT, DELETE ON notice_attempt TO countersign_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON notice_window TO countersign_worker;
GRANT SELECT, INSERT, UPDATE (stream, seq, at) ON notice_cursor TO countersign_worker;
-- An alert about the installation itself is closed by the worker when it is over; a trigger holds it to these.
GRANT UPDATE (state, closed_at, closed_by, closed_as, note) ON alert TO countersign_worker;
-- For whom it tells of an alert: whether its rule is muted.
GRANT SELECT ON alert_mute TO countersign_worker;
-- For the figures at its /metrics: how many there are and how long they took; neither where they lead nor what they say.
GRANT SELECT (id, name, kind, failing_since, removed_at) ON channel TO countersign_gateway;
GRANT SELECT (id, channel_id, state, due_at, created_at, done_at) ON notice TO countersign_gateway;
GRANT SELECT (notice_id, ok, at) ON notice_attempt TO countersign_gateway;
GRANT SELECT ON notice_cursor TO countersign_gateway;

-- Drills: people ask for them in the console, the worker carries them out and says what it saw, control undoes the stops of those that are
-- over. What a finished one found is changed by nobody (a trigger), and deleted by nobody.
GRANT INSERT ON drill TO countersign_console, countersign_worker;
GRANT SELECT, UPDATE (state, turn, host, keeper, kept_until, started_at, finished_at, verdict, interrupted, said, fenced_p50_ms, fenced_p99_ms, confirmed_p50_ms, confirmed_p99_ms) ON drill TO countersign_worker;
GRANT SELECT, INSERT, UPDATE (order_id, step, pressed_at, fenced_ms, confirmed_ms, gone_ms, evidence, proof, verdict, said) ON drill_target TO countersign_worker;
GRANT SELECT ON drill, drill_target TO countersign_control;

-- What is usual for an agent: the worker learns it from sessions that are over and lets go of what has aged; the gateway compares with it.
GRANT SELECT, INSERT, DELETE ON behaviour_session TO countersign_worker;
GRANT SELECT, INSERT, UPDATE ON behaviour_baseline TO countersign_worker;
GRANT SELECT ON behaviour_baseline TO countersign_gateway;

-- How long requests wait: the worker learns it, the gateway tells agents.
GRANT SELECT, INSERT, UPDATE, DELETE ON wait_forecast TO countersign_worker;
GRANT SELECT ON wait_forecast TO countersign_gateway;
-- Whoever reads a card in the console had it open; who decides what counts as seen is a reading of that, also for the gateway's figures.
GRANT INSERT, UPDATE (last_at) ON approval_view TO countersign_console;
GRANT SELECT ON approval_view TO countersign_worker, countersign_gateway;
-- An agent that floods is paused by the worker, which says so here once an order.
GRANT SELECT, INSERT ON flood TO countersign_worker;
GRANT SELECT (at) ON flood TO countersign_gateway;

-- A note is written once, in the console, by a person; nobody changes it.
GRANT INSERT ON handover TO countersign_console;

-- The gateway decides actions. It sees no person's password, sign-in or token, cannot give an agent more than it has, and
-- cannot say that a person approved.
GRANT SELECT ON agent, agent_secret, agent_key, capability, bundle, switch_order, switch_target, switch_generation, approval_signature, approval_change TO countersign_gateway;
GRANT SELECT, INSERT, UPDATE ON instance, session, action, budget_use, gateway TO countersign_gateway;
-- Of a stop's targets it passes on what agents say; that a process has ended, or that a stop is confirmed, is not its word.
GRANT INSERT (order_id, session_id, instance_id, ordered_at, state, acknowledged_at, evidence), UPDATE (state, acknowledged_at, evidence) ON switch_target TO countersign_gateway;
GRANT SELECT, INSERT ON approval, payload, session_key, assertion_use TO countersign_gateway;
GRANT UPDATE (state, cancel_reason, decided_at, used_at) ON approval TO countersign_gateway;
-- Before it makes a permit it verifies the passkeys' signatures under the approval again, by itself: whose they are, of which team,
-- and that nobody signed for their own, whom a session may name by their address.
GRANT SELECT (id, name, email, state, roles) ON person TO countersign_gateway;
GRANT SELECT (id, person_id, credential_id, public_key, revoked_at) ON passkey TO countersign_gateway;
GRANT SELECT ON team, team_member TO countersign_gateway;
-- And that they were on call when they signed, where the route asks for that.
GRANT SELECT (id, name) ON on_call_rota TO countersign_gateway;
GRANT SELECT ON on_call_shift TO countersign_gateway;

-- Control stops. It reads no payload and decides nothing else.
GRANT SELECT ON agent, instance, session, action, approval, capability, bundle, gateway, control_key, supervisor_key, budget_use TO countersign_control;
-- Supervisors are connected to it alone: it says which are there, and what they said.
GRANT SELECT, INSERT, UPDATE ON supervisor TO countersign_control;
-- Each control process says until when it has done so; that a lease is over for all of them is proven by that.
GRANT SELECT, INSERT, UPDATE ON control_process TO countersign_control;
-- The worker settles what stops have hit as well, while control is away, by the same proof.
GRANT SELECT ON control_process TO countersign_worker;
GRANT SELECT, INSERT, UPDATE ON switch_order, switch_target, switch_generation TO countersign_control;
GRANT UPDATE (state, lost_at, ended_at, stopped_by) ON session TO countersign_control;
GRANT UPDATE (state, cancel_reason, decided_at) ON approval TO countersign_control;
GRANT UPDATE (decision, code, reason) ON action TO countersign_control;
GRANT UPDATE (calls, cost) ON budget_use TO countersign_control;
-- A stop of an agent revokes the tokens that were made before it; control changes nothing else of one.
GRANT UPDATE (tokens_from) ON agent TO countersign_control;
GRANT SELECT (id, name, state, roles) ON person TO countersign_control;
-- It verifies by itself what a release was signed with, and browsers' own stop keys, whose numbers it uses up.
GRANT SELECT (id, person_id, credential_id, public_key, revoked_at) ON passkey TO countersign_control;
GRANT SELECT ON stop_key, right_grant TO countersign_control;
-- How long a new right has to wait before it counts for a release.
GRANT SELECT ON setting TO countersign_control;
-- A person may stop, and release, by a role of the organisation's own making.
GRANT SELECT ON custom_role TO countersign_control;
GRANT UPDATE (last_used_at) ON stop_key TO countersign_control;
GRANT SELECT, INSERT ON stop_key_nonce TO countersign_control;
-- It takes gateways off the list of those that a fence waits for.
GRANT UPDATE (closed_at) ON gateway TO countersign_control;

-- A process stops something in the transaction that records it. It cannot change what stands: a gateway taken over stops, and releases nothing.
GRANT INSERT ON switch_order TO countersign_gateway;
GRANT UPDATE ON switch_generation TO countersign_gateway;

-- Retention destroys keys and salts of what has aged or was asked for; the chain itself stays. It reads no text: `sealed` is
-- written, never read.
GRANT SELECT (id, state, ended_at, lost_at) ON session TO countersign_retention;
GRANT SELECT (id, session_id, kind, created_at, erased_at) ON payload TO countersign_retention;
GRANT UPDATE (sealed, salt, erased_at) ON payload TO countersign_retention;
-- Wrapping a data key anew destroys the one that was there, so it is written under this role too, which reads only whose turn it is.
GRANT SELECT (session_id, created_at, erased_at, wrapping_key_id) ON session_key TO countersign_retention;
GRANT UPDATE (wrapped, wrapping_key_id, erased_at) ON session_key TO countersign_retention;
GRANT SELECT, INSERT, UPDATE (done_at, payloads, sessions) ON erasure TO countersign_retention;
-- People ask for it in the console, the host through the worker; neither can destroy anything by itself.
GRANT INSERT ON erasure TO countersign_console, countersign_worker;
