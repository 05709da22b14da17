-- Promises about entries to post: write-offs stay within the project's limit, and a posted entry
-- settles exactly one of them, once, to the cent.
-- SQLSTATE 23R09 above the write-off limit · 23R03 settles what it cannot · 23R04 settled, or still posted.

CREATE FUNCTION adjustment_arrives() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    write_off_limit bigint; entry reconciliation_adjustment;
BEGIN
    IF NEW.settles_id IS NULL THEN
        IF NEW.reason IN ('Write-off', 'Rounding') THEN
            SELECT write_off_limit_minor INTO write_off_limit
            FROM projects_project WHERE id = NEW.project_id;
            IF abs(NEW.amount_minor) > write_off_limit THEN
                RAISE EXCEPTION 'the project lets % be written off at most', write_off_limit
                    USING ERRCODE = '23R09';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    -- Whoever settles the same entry at the same time waits here and then finds it settled.
    SELECT * INTO entry FROM reconciliation_adjustment
    WHERE id = NEW.settles_id AND project_id = NEW.project_id FOR UPDATE;
    IF NOT FOUND OR entry.settles_id IS NOT NULL OR entry.side <> NEW.side
       OR entry.amount_minor <> -NEW.amount_minor THEN
        RAISE EXCEPTION 'a settlement is the opposite of an entry to post of its project'
            USING ERRCODE = '23R03';
    END IF;
    IF NOT EXISTS (SELECT FROM reconciliation_matchmember
                   WHERE project_id = NEW.project_id AND adjustment_id = entry.id
                     AND released_at IS NULL) THEN
        RAISE EXCEPTION 'the entry to post was taken back' USING ERRCODE = '23R04';
    END IF;
    IF EXISTS (SELECT FROM reconciliation_adjustment s
               WHERE s.project_id = NEW.project_id AND s.settles_id = entry.id
                 AND NOT EXISTS (SELECT FROM reconciliation_matchmember m
                                 WHERE m.project_id = s.project_id AND m.adjustment_id = s.id
                                   AND m.released_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'the entry was matched with a posted one before' USING ERRCODE = '23R04';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER adjustment_arrives BEFORE INSERT ON reconciliation_adjustment
    FOR EACH ROW EXECUTE FUNCTION adjustment_arrives();

CREATE INDEX settlements_released ON reconciliation_matchmember (project_id, adjustment_id)
    WHERE released_at IS NOT NULL AND adjustment_id IS NOT NULL;

-- An entry is not taken back while the one that was posted for it is matched with it.
CREATE FUNCTION settled_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    torn boolean := false;
BEGIN
    IF EXISTS (SELECT FROM reconciliation_adjustment
               WHERE settles_id IS NOT NULL
                 AND project_id IN (SELECT DISTINCT project_id FROM after)) THEN
        EXECUTE 'SELECT EXISTS (
                     SELECT FROM reconciliation_adjustment s
                     JOIN reconciliation_matchmember l
                       ON l.project_id = s.project_id AND l.adjustment_id = s.id
                      AND l.released_at IS NULL
                     WHERE s.settles_id IS NOT NULL
                       AND s.project_id IN (SELECT DISTINCT project_id FROM after)
                       AND NOT EXISTS (SELECT FROM reconciliation_matchmember e
                                       WHERE e.project_id = s.project_id
                                         AND e.adjustment_id = s.settles_id
                                         AND e.released_at IS NULL))'
            INTO torn;
    END IF;
    IF torn THEN
        RAISE EXCEPTION 'the entry was posted and matched: unmatch that first'
            USING ERRCODE = '23R04';
    END IF;
    RETURN NULL;
END $$;

-- After match_groups_reverse, which releases the members: triggers run by name.
CREATE TRIGGER match_groups_reverse_settled AFTER UPDATE ON reconciliation_matchgroup
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION settled_entries_stay();
