-- One order of locks for everybody: the project's row first, then the head of its chain.
-- An event written outside open_books (an export) took the head first and the project's row with
-- its foreign key; a change of the project's state, which has the row, waited for the head: deadlock.
CREATE OR REPLACE FUNCTION audit_event_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    link_to uuid := coalesce(NEW.project_id, '00000000-0000-0000-0000-000000000000');
    last_link projects_audithead;
BEGIN
    PERFORM FROM projects_project WHERE id = NEW.project_id FOR KEY SHARE;
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
