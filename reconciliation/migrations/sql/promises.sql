-- The promises the database keeps about the books, whatever the program does.
-- Checks run once per statement over all of its rows (REFERENCING NEW TABLE): COPY fires them too.
-- SQLSTATE 23R01 group out of balance · 23R02 line not open · 23R03 foreign or untrue member
-- 23R04 sealed · 23R05 final · 23R07 project not open · 23R08 file and its lines disagree.
-- Joins against big tables are EXECUTEd, so that they are planned for the rows at hand, two or a million.

CREATE SEQUENCE reconciliation_line_id AS bigint;
ALTER TABLE reconciliation_line ALTER COLUMN id SET DEFAULT nextval('reconciliation_line_id');
ALTER SEQUENCE reconciliation_line_id OWNED BY reconciliation_line.id;

-- Lines and match members are big and regular: vacuum and analyse them by fixed steps, not by share.
ALTER TABLE reconciliation_line SET (autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE reconciliation_matchmember SET (autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE reconciliation_openitem SET (autovacuum_analyze_scale_factor = 0.02,
                                         autovacuum_vacuum_scale_factor = 0.02);

-- ── Totals by side and status, kept with every change ────────────────────────────────────────────

CREATE FUNCTION add_to_totals(project uuid, on_side text, as_status text,
                              lines bigint, total numeric, gross numeric)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO reconciliation_booktotal (project_id, side, status, line_count, total_minor, gross_minor)
    VALUES (project, on_side, as_status, lines, total, gross)
    ON CONFLICT (project_id, side, status) DO UPDATE
    SET line_count = reconciliation_booktotal.line_count + excluded.line_count,
        total_minor = reconciliation_booktotal.total_minor + excluded.total_minor,
        gross_minor = reconciliation_booktotal.gross_minor + excluded.gross_minor
$$;

CREATE TRIGGER totals_are_kept_by_the_database
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_booktotal
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('totals follow the lines');
CREATE TRIGGER totals_are_not_truncated BEFORE TRUNCATE ON reconciliation_booktotal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('totals follow the lines');
CREATE TRIGGER open_items_are_kept_by_the_database
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_openitem
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('open items follow the match groups');
CREATE TRIGGER open_items_are_not_truncated BEFORE TRUNCATE ON reconciliation_openitem
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('open items follow the match groups');

-- ── Lines: written once, into a file that is being imported ──────────────────────────────────────

CREATE FUNCTION lines_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(coalesce((SELECT array_agg(DISTINCT project_id) FROM added), '{}'));
    IF EXISTS (SELECT FROM (SELECT DISTINCT project_id, source_file_id, side FROM added) AS a
               LEFT JOIN reconciliation_sourcefile f
                      ON f.id = a.source_file_id AND f.project_id = a.project_id AND f.side = a.side
               WHERE f.status IS DISTINCT FROM 'importing') THEN
        RAISE EXCEPTION 'lines enter only through a file of their project and side that is being imported'
            USING ERRCODE = '23R03';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lines_arrive AFTER INSERT ON reconciliation_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION lines_arrive();
CREATE TRIGGER lines_are_final BEFORE UPDATE OR TRUNCATE ON reconciliation_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('lines are written once');
CREATE TRIGGER lines_go_only_with_their_project AFTER DELETE ON reconciliation_line
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- ── Source files: their lines enter and leave the books as a whole ───────────────────────────────

CREATE FUNCTION source_file_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint; money_in numeric; money_out numeric; gone bigint;
BEGIN
    PERFORM require_open(ARRAY[NEW.project_id]);
    IF TG_OP = 'INSERT' THEN
        IF NEW.status IN ('importing', 'imported', 'withdrawn') THEN
            RAISE EXCEPTION 'a new file is not imported yet' USING ERRCODE = '23R08';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.project_id, NEW.side, NEW.sha256, NEW.size_bytes, NEW.uploaded_by_id, NEW.uploaded_at)
       IS DISTINCT FROM
       (OLD.id, OLD.project_id, OLD.side, OLD.sha256, OLD.size_bytes, OLD.uploaded_by_id, OLD.uploaded_at)
    THEN
        RAISE EXCEPTION 'a file keeps its project, its side and its bytes' USING ERRCODE = '23R05';
    END IF;
    IF OLD.status IN ('imported', 'withdrawn') THEN
        IF OLD.status = 'withdrawn' OR NEW.status NOT IN ('imported', 'withdrawn')
           OR (to_jsonb(NEW) - '{status,withdrawn_at,withdrawn_by_id,withdrawal_reason}'::text[])
           <> (to_jsonb(OLD) - '{status,withdrawn_at,withdrawn_by_id,withdrawal_reason}'::text[]) THEN
            RAISE EXCEPTION 'an imported file can only be withdrawn' USING ERRCODE = '23R05';
        END IF;
    ELSIF NEW.status = 'withdrawn' OR (NEW.status = 'imported' AND OLD.status <> 'importing') THEN
        RAISE EXCEPTION 'a file is imported before it is in the books' USING ERRCODE = '23R08';
    END IF;

    IF NEW.status = 'imported' AND OLD.status = 'importing' THEN
        EXECUTE 'SELECT count(*), coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0),
                        coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)
                 FROM reconciliation_line
                 WHERE project_id = $1 AND id BETWEEN $2 AND $3 AND source_file_id = $4'
            INTO lines, money_in, money_out
            USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
        IF (lines, money_in, money_out)
           IS DISTINCT FROM (NEW.row_count::bigint, NEW.money_in_minor::numeric, NEW.money_out_minor::numeric)
        THEN
            RAISE EXCEPTION 'the file announces % rows, % in, % out; stored are %, %, %',
                NEW.row_count, NEW.money_in_minor, NEW.money_out_minor, lines, money_in, money_out
                USING ERRCODE = '23R08';
        END IF;
        EXECUTE 'INSERT INTO reconciliation_openitem (project_id, side, booked_on, line_id, amount_minor)
                 SELECT project_id, side, booked_on, id, amount_minor FROM reconciliation_line
                 WHERE project_id = $1 AND id BETWEEN $2 AND $3 AND source_file_id = $4'
            USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
        PERFORM add_to_totals(NEW.project_id, NEW.side, 'open', lines,
                              money_in - money_out, money_in + money_out);
    ELSIF NEW.status = 'withdrawn' AND OLD.status = 'imported' THEN
        EXECUTE 'DELETE FROM reconciliation_openitem o USING reconciliation_line l
                 WHERE l.project_id = $1 AND l.id BETWEEN $2 AND $3 AND l.source_file_id = $4
                   AND o.project_id = l.project_id AND o.line_id = l.id'
            USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone <> NEW.row_count THEN
            RAISE EXCEPTION 'lines of the file are in live match groups: reverse these first'
                USING ERRCODE = '23R02';
        END IF;
        PERFORM add_to_totals(NEW.project_id, NEW.side, 'open', -gone,
                              NEW.money_out_minor - NEW.money_in_minor,
                              -(NEW.money_in_minor + NEW.money_out_minor));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER source_file_changes BEFORE INSERT OR UPDATE ON reconciliation_sourcefile
    FOR EACH ROW EXECUTE FUNCTION source_file_changes();
CREATE TRIGGER source_files_go_only_with_their_project AFTER DELETE ON reconciliation_sourcefile
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- ── Recordings: announced, counted, sealed at commit ─────────────────────────────────────────────

CREATE FUNCTION recording_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reconciliation_recording WHERE id = NEW.id
               AND (groups_seen, members_seen) IS DISTINCT FROM (group_count, member_count)) THEN
        RAISE EXCEPTION 'a recording needs exactly the groups and members it announced'
            USING ERRCODE = '23R04';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION recording_starts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(ARRAY[NEW.project_id]);
    NEW.groups_seen := 0;
    NEW.members_seen := 0;
    NEW.made_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER recording_starts BEFORE INSERT ON reconciliation_recording
    FOR EACH ROW EXECUTE FUNCTION recording_starts();
CREATE CONSTRAINT TRIGGER recording_is_whole AFTER INSERT ON reconciliation_recording
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recording_is_whole();
CREATE TRIGGER recordings_are_kept_by_the_database BEFORE UPDATE ON reconciliation_recording
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('a recording is counted by the database');
CREATE TRIGGER recordings_go_only_with_their_project AFTER DELETE ON reconciliation_recording
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- ── Match groups ─────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION match_groups_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added WHERE reversed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a new group is live' USING ERRCODE = '23R04';
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT project_id, recording_id FROM added) AS a
               LEFT JOIN reconciliation_recording r
                      ON r.id = a.recording_id AND r.project_id = a.project_id WHERE r.id IS NULL) THEN
        RAISE EXCEPTION 'a group belongs to a recording of its project' USING ERRCODE = '23R03';
    END IF;
    UPDATE reconciliation_recording r SET groups_seen = r.groups_seen + a.groups
    FROM (SELECT recording_id, count(*) AS groups FROM added GROUP BY recording_id) AS a
    WHERE r.id = a.recording_id;
    IF EXISTS (SELECT FROM reconciliation_recording
               WHERE id IN (SELECT DISTINCT recording_id FROM added) AND groups_seen > group_count) THEN
        RAISE EXCEPTION 'the recording is sealed' USING ERRCODE = '23R04';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER match_groups_arrive AFTER INSERT ON reconciliation_matchgroup
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION match_groups_arrive();

CREATE FUNCTION match_groups_reverse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows_before bigint; rows_kept bigint;
BEGIN
    PERFORM require_open(coalesce((SELECT array_agg(DISTINCT project_id) FROM after), '{}'));
    SELECT count(*) INTO rows_before FROM before;
    EXECUTE 'SELECT count(*) FROM before b JOIN after a ON a.project_id = b.project_id AND a.id = b.id
             WHERE b.reversed_at IS NULL AND a.reversed_at IS NOT NULL
               AND (a.recording_id, a.rule, a.evidence, a.probability, a.member_count)
                   IS NOT DISTINCT FROM
                   (b.recording_id, b.rule, b.evidence, b.probability, b.member_count)'
        INTO rows_kept;
    IF rows_kept <> rows_before THEN
        RAISE EXCEPTION 'the only change to a group is its reversal, once' USING ERRCODE = '23R04';
    END IF;
    EXECUTE 'WITH released AS (
                 UPDATE reconciliation_matchmember m SET released_at = a.reversed_at
                 FROM after a
                 WHERE m.project_id = a.project_id AND m.group_id = a.id AND m.released_at IS NULL
                 RETURNING m.project_id, m.line_id, m.side, m.method, m.amount_minor),
             reopened AS (
                 INSERT INTO reconciliation_openitem (project_id, side, booked_on, line_id, amount_minor)
                 SELECT l.project_id, l.side, l.booked_on, l.id, l.amount_minor
                 FROM released r JOIN reconciliation_line l
                   ON l.project_id = r.project_id AND l.id = r.line_id),
             sums AS (
                 SELECT project_id, side, method, count(*) AS lines, sum(amount_minor) AS total,
                        sum(abs(amount_minor)) AS gross
                 FROM released WHERE line_id IS NOT NULL GROUP BY project_id, side, method)
             SELECT add_to_totals(project_id, side, method, -lines, -total, -gross),
                    add_to_totals(project_id, side, ''open'', lines, total, gross)
             FROM sums ORDER BY project_id, side, method';
    RETURN NULL;
END $$;

CREATE TRIGGER match_groups_reverse AFTER UPDATE ON reconciliation_matchgroup
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION match_groups_reverse();
CREATE TRIGGER match_groups_are_not_truncated BEFORE TRUNCATE ON reconciliation_matchgroup
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('groups are reversed, not removed');
CREATE TRIGGER match_groups_go_only_with_their_project AFTER DELETE ON reconciliation_matchgroup
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- ── Members: whole groups at a time, true copies of open lines, netting to zero ──────────────────

CREATE FUNCTION match_members_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line_members bigint; closed_lines bigint; untrue boolean; arrived record;
BEGIN
    PERFORM require_open(coalesce((SELECT array_agg(DISTINCT project_id) FROM added), '{}'));
    SELECT count(*) FILTER (WHERE line_id IS NOT NULL), bool_or(released_at IS NOT NULL)
    INTO line_members, untrue FROM added;
    IF untrue THEN
        RAISE EXCEPTION 'a new member is live' USING ERRCODE = '23R04';
    END IF;

    -- Promises 1 and 4: each group comes whole, once, and nets to zero.
    FOR arrived IN EXECUTE
        'SELECT g.recording_id, sum(a.members) AS members, bool_or(a.net <> 0) AS unbalanced,
                bool_or(g.id IS NULL OR g.reversed_at IS NOT NULL OR g.member_count <> a.members
                        OR a.first <> 1 OR a.last <> a.members
                        OR a.method <> r.method OR a.other_method <> r.method) AS torn
         FROM (SELECT project_id, group_id, count(*) AS members,
                      min(position) AS first, max(position) AS last,
                      min(method) AS method, max(method) AS other_method,
                      sum(CASE side WHEN ''bank'' THEN amount_minor ELSE -amount_minor END) AS net
               FROM added GROUP BY project_id, group_id) AS a
         LEFT JOIN reconciliation_matchgroup g ON g.project_id = a.project_id AND g.id = a.group_id
         LEFT JOIN reconciliation_recording r ON r.id = g.recording_id
         GROUP BY g.recording_id'
    LOOP
        IF arrived.torn THEN
            RAISE EXCEPTION 'members come with their group, all of them at once'
                USING ERRCODE = '23R04';
        ELSIF arrived.unbalanced THEN
            RAISE EXCEPTION 'a match group nets to zero' USING ERRCODE = '23R01';
        END IF;
        UPDATE reconciliation_recording SET members_seen = members_seen + arrived.members
        WHERE id = arrived.recording_id;
    END LOOP;

    -- Promises 2 and 3: every line is open in the group's project, with this side and amount, and
    -- no longer open after this. An open item is a true copy of its line: the database made it.
    EXECUTE 'DELETE FROM reconciliation_openitem o USING added a
             WHERE o.project_id = a.project_id AND o.line_id = a.line_id
               AND o.side = a.side AND o.amount_minor = a.amount_minor';
    GET DIAGNOSTICS closed_lines = ROW_COUNT;
    IF closed_lines <> line_members THEN
        EXECUTE 'SELECT EXISTS (
                     SELECT FROM added a LEFT JOIN reconciliation_line l
                         ON l.project_id = a.project_id AND l.id = a.line_id
                     WHERE a.line_id IS NOT NULL
                       AND (l.id IS NULL OR l.side <> a.side OR l.amount_minor <> a.amount_minor))'
            INTO untrue;
        IF untrue THEN
            RAISE EXCEPTION 'a member carries the side and amount of a line of its project'
                USING ERRCODE = '23R03';
        END IF;
        RAISE EXCEPTION 'a line is matched already, or not in the books' USING ERRCODE = '23R02';
    END IF;
    IF EXISTS (SELECT FROM added a LEFT JOIN reconciliation_adjustment j
                   ON j.project_id = a.project_id AND j.id = a.adjustment_id
               WHERE a.adjustment_id IS NOT NULL
                 AND (j.id IS NULL OR j.side <> a.side OR j.amount_minor <> a.amount_minor)) THEN
        RAISE EXCEPTION 'a member carries the side and amount of an adjustment of its project'
            USING ERRCODE = '23R03';
    END IF;

    PERFORM add_to_totals(project_id, side, method, lines, total, gross),
            add_to_totals(project_id, side, 'open', -lines, -total, -gross)
    FROM (SELECT project_id, side, method, count(*) AS lines, sum(amount_minor) AS total,
                 sum(abs(amount_minor)) AS gross
          FROM added WHERE line_id IS NOT NULL GROUP BY project_id, side, method
          ORDER BY project_id, side, method) AS sums;
    RETURN NULL;
END $$;

CREATE TRIGGER match_members_arrive AFTER INSERT ON reconciliation_matchmember
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION match_members_arrive();
CREATE TRIGGER match_members_are_released_by_the_database BEFORE UPDATE ON reconciliation_matchmember
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('members are released by reversing their group');
CREATE TRIGGER match_members_are_not_truncated BEFORE TRUNCATE ON reconciliation_matchmember
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('groups are reversed, not removed');
CREATE TRIGGER match_members_go_only_with_their_project AFTER DELETE ON reconciliation_matchmember
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

-- Sorting and hashing a million rows in 4 MB writes files; these functions see whole runs.
ALTER FUNCTION match_groups_arrive() SET work_mem = '256MB';
ALTER FUNCTION match_members_arrive() SET work_mem = '256MB';
ALTER FUNCTION match_groups_reverse() SET work_mem = '256MB';
ALTER FUNCTION source_file_changes() SET work_mem = '256MB';

-- It names one project in each query; of a project that is new to the statistics the planner expects one
-- row and may choose any index, so it is told to expect many.
ALTER FUNCTION source_file_changes() SET enable_nestloop = off;

-- ── Adjustments, runs, suggestions: small tables, row by row ─────────────────────────────────────

CREATE FUNCTION require_open_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(ARRAY[NEW.project_id]);
    RETURN NEW;
END $$;

CREATE TRIGGER adjustment_needs_open_books BEFORE INSERT ON reconciliation_adjustment
    FOR EACH ROW EXECUTE FUNCTION require_open_row();
CREATE TRIGGER adjustments_are_final BEFORE UPDATE OR TRUNCATE ON reconciliation_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an adjustment is reversed with its group');
CREATE TRIGGER adjustments_go_only_with_their_project AFTER DELETE ON reconciliation_adjustment
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();
CREATE TRIGGER suggestion_needs_open_books BEFORE INSERT OR UPDATE ON reconciliation_suggestion
    FOR EACH ROW EXECUTE FUNCTION require_open_row();

-- ── Purge: a project deleted 30 days ago leaves with all its rows ────────────────────────────────

CREATE FUNCTION book_totals_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_openitem WHERE project_id = OLD.id;
    DELETE FROM reconciliation_booktotal WHERE project_id = OLD.id;
    RETURN NULL;
END $$;

CREATE TRIGGER book_totals_go AFTER DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION book_totals_go();

CREATE FUNCTION purge_project(gone uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_purgeable(ARRAY[gone]);
    DELETE FROM reconciliation_suggestion WHERE project_id = gone;
    DELETE FROM reconciliation_matchmember WHERE project_id = gone;
    DELETE FROM reconciliation_matchgroup WHERE project_id = gone;
    DELETE FROM reconciliation_recording WHERE project_id = gone;
    DELETE FROM reconciliation_adjustment WHERE project_id = gone;
    DELETE FROM reconciliation_matchrun WHERE project_id = gone;
    DELETE FROM reconciliation_line WHERE project_id = gone;
    DELETE FROM reconciliation_sourcefile WHERE project_id = gone;
    DELETE FROM reconciliation_job WHERE project_id = gone;
    DELETE FROM projects_membership WHERE project_id = gone;
    DELETE FROM projects_auditevent WHERE project_id = gone;
    DELETE FROM projects_project WHERE id = gone;
END $$;
