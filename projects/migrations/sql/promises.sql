-- The promises the database keeps about projects and their trail, whatever the program does.
-- Refusals carry an SQLSTATE of class 23 (integrity): 23R01 to 23R08, one per promise of the books.

-- Promise 5: audit events form a chain. The database numbers, dates and hashes each of them.

CREATE FUNCTION netstring(field text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT convert_to(octet_length(convert_to(field, 'UTF8')) || ':' || field, 'UTF8')
$$;

-- (sql/lock_order.sql replaces this one: it locks the project first)
CREATE FUNCTION audit_event_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link_to uuid := coalesce(NEW.project_id, '00000000-0000-0000-0000-000000000000');
    last_link projects_audithead;
BEGIN
    INSERT INTO projects_audithead (chain, seq, hash) VALUES (link_to, 0, repeat('0', 64))
    ON CONFLICT (chain) DO NOTHING;
    SELECT * INTO last_link FROM projects_audithead WHERE chain = link_to FOR UPDATE;
    NEW.seq := last_link.seq + 1;
    NEW.at := clock_timestamp();
    NEW.previous_hash := last_link.hash;
    NEW.hash := encode(sha256(
        netstring(NEW.previous_hash) || netstring(link_to::text) || netstring(NEW.seq::text)
        || netstring(to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || netstring(coalesce(NEW.actor_id::text, '')) || netstring(NEW.actor_name)
        || netstring(NEW.action) || netstring(NEW.subject) || netstring(NEW.details)), 'hex');
    UPDATE projects_audithead SET seq = NEW.seq, hash = NEW.hash WHERE chain = link_to;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_event_chain BEFORE INSERT ON projects_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_event_chain();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = '23R05';
END $$;

CREATE TRIGGER audit_event_is_final BEFORE UPDATE OR TRUNCATE ON projects_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('events are written once');
CREATE TRIGGER audit_head_is_kept_by_the_database BEFORE INSERT OR UPDATE OR DELETE ON projects_audithead
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('only the chain itself moves its head');
CREATE TRIGGER audit_head_is_not_truncated BEFORE TRUNCATE ON projects_audithead
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('only the chain itself moves its head');

-- Rows of the books are deleted only with a project that was deleted 30 days ago.

CREATE FUNCTION require_purgeable(project_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(project_ids) AS named(id)
               LEFT JOIN projects_project p ON p.id = named.id
               WHERE p.id IS NULL OR p.state <> 'deleted'
                  OR p.state_changed_at > now() - interval '30 days') THEN
        RAISE EXCEPTION 'rows of the books go only with a project deleted 30 days ago'
            USING ERRCODE = '23R05';
    END IF;
END $$;

CREATE FUNCTION allow_only_purge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_purgeable(coalesce((SELECT array_agg(DISTINCT project_id) FROM gone), '{}'));
    RETURN NULL;
END $$;

CREATE TRIGGER audit_events_go_only_with_their_project AFTER DELETE ON projects_auditevent
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- Promise 7: a project that is not open takes no change but of its state.

CREATE FUNCTION require_open(project_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    closed record;
BEGIN
    -- FOR KEY SHARE waits for somebody who is changing the state (FOR UPDATE), and for nobody else.
    SELECT id, state INTO closed
    FROM (SELECT id, state FROM projects_project WHERE id = ANY (project_ids)
          ORDER BY id FOR KEY SHARE) AS named
    WHERE state <> 'open' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the project is %: its books take no change', closed.state
            USING ERRCODE = '23R07';
    END IF;
END $$;

CREATE FUNCTION project_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'a project keeps its id and its date' USING ERRCODE = '23R07';
    END IF;
    IF OLD.state <> 'open' AND (to_jsonb(NEW) - 'state' - 'state_changed_at')
                             <> (to_jsonb(OLD) - 'state' - 'state_changed_at') THEN
        RAISE EXCEPTION 'the project is %: its books take no change', OLD.state
            USING ERRCODE = '23R07';
    END IF;
    IF NEW.state <> OLD.state THEN
        NEW.state_changed_at := now();
    ELSIF NEW.state_changed_at <> OLD.state_changed_at THEN
        RAISE EXCEPTION 'the time of a state is set with the state' USING ERRCODE = '23R07';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER project_changes BEFORE UPDATE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION project_changes();

CREATE FUNCTION project_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_purgeable(ARRAY[OLD.id]);
    RETURN OLD;
END $$;

CREATE TRIGGER project_goes BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION project_goes();
CREATE TRIGGER project_is_not_truncated BEFORE TRUNCATE ON projects_project
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('projects are deleted one by one');

CREATE FUNCTION audit_chain_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM projects_audithead WHERE chain = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_chain_goes AFTER DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION audit_chain_goes();
