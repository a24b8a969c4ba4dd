-- What a passkey verifies by never changes, and an ended one stays ended: whoever writes to this table can't turn one key into another.
CREATE FUNCTION refuse_other_passkey() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF (NEW.id, NEW.person_id, NEW.credential_id, NEW.public_key, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.person_id, OLD.credential_id, OLD.public_key, OLD.created_at)
    OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
    RAISE EXCEPTION 'a passkey is never another one, and never comes back' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER passkey_stays_itself BEFORE UPDATE ON passkey FOR EACH ROW EXECUTE FUNCTION refuse_other_passkey();

-- A new one is on the record in the transaction that adds it, where nobody can take it away again: no key is added unseen. Whoever owns the
-- table is past this: restoring a backup puts back rows and their events by themselves.
CREATE FUNCTION require_passkey_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') AND NOT EXISTS (
    SELECT 1 FROM log.event e WHERE e.xid = pg_current_xact_id() AND e.stream = 'org/access' AND e.type = 'person.passkey_added'
      AND e.body::jsonb #>> '{data,passkeyId}' = NEW.id::text AND e.body::jsonb #>> '{data,personId}' = NEW.person_id::text
  ) THEN
    RAISE EXCEPTION 'a passkey is added together with its event' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER passkey_on_the_record AFTER INSERT ON passkey DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_passkey_event();
