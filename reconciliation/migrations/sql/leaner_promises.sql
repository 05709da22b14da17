-- The same promises as promises.sql, proved in fewer looks at the rows that arrive.
-- A statement may bring a million rows: each function groups them once, loops over the few groups it finds,
-- and joins big tables by hashing. What is refused, and with which SQLSTATE, is unchanged.

CREATE OR REPLACE FUNCTION lines_arrive() RETURNS trigger LANGUAGE plpgsql SET work_mem = '256MB' AS $$
DECLARE
    arrived record;
BEGIN
    PERFORM require_open(coalesce((SELECT array_agg(project_id) FROM
                                   (SELECT DISTINCT project_id FROM added) AS named), '{}'));
    FOR arrived IN SELECT DISTINCT project_id, source_file_id, side FROM added LOOP
        IF NOT EXISTS (SELECT FROM reconciliation_sourcefile f
                       WHERE f.id = arrived.source_file_id AND f.project_id = arrived.project_id
                         AND f.side = arrived.side AND f.status = 'importing') THEN
            RAISE EXCEPTION 'lines enter only through a file of their project and side that is being imported'
                USING ERRCODE = '23R03';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION match_groups_arrive() RETURNS trigger LANGUAGE plpgsql SET work_mem = '256MB' AS $$
DECLARE
    arrived record; is_sealed boolean;
BEGIN
    FOR arrived IN SELECT project_id, recording_id, count(*) AS groups, bool_or(reversed_at IS NOT NULL) AS dead
                   FROM added GROUP BY project_id, recording_id LOOP
        IF arrived.dead THEN
            RAISE EXCEPTION 'a new group is live' USING ERRCODE = '23R04';
        END IF;
        UPDATE reconciliation_recording SET groups_seen = groups_seen + arrived.groups
        WHERE id = arrived.recording_id AND project_id = arrived.project_id
        RETURNING groups_seen > group_count INTO is_sealed;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a group belongs to a recording of its project' USING ERRCODE = '23R03';
        ELSIF is_sealed THEN
            RAISE EXCEPTION 'the recording is sealed' USING ERRCODE = '23R04';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Few members are joined along indexes, many by hashing: what the planner knows of them it learned
-- before they came.
CREATE OR REPLACE FUNCTION match_members_arrive() RETURNS trigger LANGUAGE plpgsql
SET work_mem = '256MB' SET enable_nestloop = on AS $$
DECLARE
    sums jsonb; seen record; closed_lines bigint; untrue boolean; arrived record;
BEGIN
    -- One look at the rows: whose they are, how many, what they add up to.
    SELECT jsonb_agg(to_jsonb(s) ORDER BY project_id, side, method) INTO sums
    FROM (SELECT project_id, side, method, count(*) AS members, count(line_id) AS lines,
                 coalesce(sum(amount_minor) FILTER (WHERE line_id IS NOT NULL), 0) AS total,
                 coalesce(sum(abs(amount_minor)) FILTER (WHERE line_id IS NOT NULL), 0) AS gross,
                 bool_or(released_at IS NOT NULL OR position < 1) AS odd
          FROM added GROUP BY project_id, side, method) AS s;
    SELECT coalesce(array_agg(DISTINCT project_id), '{}') AS projects, coalesce(sum(members), 0) AS members,
           coalesce(sum(lines), 0) AS lines, coalesce(bool_or(odd), false) AS odd INTO seen
    FROM jsonb_to_recordset(sums) AS s(project_id uuid, members bigint, lines bigint, odd boolean);
    PERFORM require_open(seen.projects);
    IF seen.odd THEN
        RAISE EXCEPTION 'a new member is live, and has a place in its group' USING ERRCODE = '23R04';
    END IF;
    IF seen.members > 1000 THEN
        PERFORM set_config('enable_nestloop', 'off', true);
    END IF;

    -- Promises 1 and 4: each group comes whole, once, and nets to zero. Places are unique and count
    -- from one, so that they are all taken when the last one equals their number.
    FOR arrived IN EXECUTE
        'SELECT g.recording_id, sum(a.members) AS members, bool_or(a.net <> 0) AS unbalanced,
                bool_or(g.id IS NULL OR g.reversed_at IS NOT NULL OR g.member_count <> a.members
                        OR a.last <> a.members OR a.method <> r.method) AS torn
         FROM (SELECT project_id, group_id, method, count(*) AS members, max(position) AS last,
                      sum(CASE side WHEN ''bank'' THEN amount_minor ELSE -amount_minor END) AS net
               FROM added GROUP BY project_id, group_id, method) AS a
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
    IF closed_lines <> seen.lines THEN
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
    IF seen.members > seen.lines THEN
        EXECUTE 'SELECT EXISTS (
                     SELECT FROM added a LEFT JOIN reconciliation_adjustment j ON j.id = a.adjustment_id
                     WHERE a.adjustment_id IS NOT NULL
                       AND (j.id IS NULL OR j.project_id <> a.project_id OR j.side <> a.side
                            OR j.amount_minor <> a.amount_minor))'
            INTO untrue;
        IF untrue THEN
            RAISE EXCEPTION 'a member carries the side and amount of an adjustment of its project'
                USING ERRCODE = '23R03';
        END IF;
    END IF;

    PERFORM add_to_totals(project_id, side, method, lines, total, gross),
            add_to_totals(project_id, side, 'open', -lines, -total, -gross)
    FROM jsonb_to_recordset(sums)
         AS s(project_id uuid, side text, method text, lines bigint, total numeric, gross numeric)
    WHERE lines > 0;
    RETURN NULL;
END $$;
