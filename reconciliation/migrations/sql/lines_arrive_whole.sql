-- Lines bring their open items and search blocks with them, from the rows that each COPY has at hand: the last
-- step of an import then proves the totals and changes the file's state, and holds the books for a moment only.
-- Nobody sees any of it before, for all of it is one transaction: arrivals name the pieces, the file's entry into
-- the books takes them away, and none may be left at commit. What else is refused, and how, is unchanged.

CREATE TRIGGER arrivals_are_kept_by_the_database
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_arrival
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('arrivals follow the lines');
CREATE TRIGGER arrivals_are_not_truncated BEFORE TRUNCATE ON reconciliation_arrival
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('arrivals follow the lines');

CREATE FUNCTION arrival_is_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reconciliation_arrival WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'lines are stored in the transaction that brings their file into the books'
            USING ERRCODE = '23R08';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER arrivals_are_settled AFTER INSERT ON reconciliation_arrival
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION arrival_is_settled();

CREATE OR REPLACE FUNCTION lines_arrive() RETURNS trigger LANGUAGE plpgsql SET work_mem = '256MB' AS $$
DECLARE
    arrived record;
BEGIN
    FOR arrived IN SELECT project_id, source_file_id, side, count(*) AS lines,
                          min(id) AS first_id, max(id) AS last_id
                   FROM added GROUP BY project_id, source_file_id, side ORDER BY project_id LOOP
        PERFORM require_open(ARRAY[arrived.project_id]);
        IF NOT EXISTS (SELECT FROM reconciliation_sourcefile f
                       WHERE f.id = arrived.source_file_id AND f.project_id = arrived.project_id
                         AND f.side = arrived.side AND f.status = 'importing') THEN
            RAISE EXCEPTION 'lines enter only through a file of their project and side that is being imported'
                USING ERRCODE = '23R03';
        END IF;
        INSERT INTO reconciliation_arrival (project_id, source_file_id, line_count, first_line_id, last_line_id)
        VALUES (arrived.project_id, arrived.source_file_id, arrived.lines, arrived.first_id, arrived.last_id);
        -- ASCII letters in upper case first and by themselves, as in blocks_in_any_case.sql.
        INSERT INTO reconciliation_searchblock (project_id, side, first_line_id, last_line_id, texts)
        SELECT arrived.project_id, arrived.side, first_id, last_id,
               CASE WHEN octet_length(plain) = char_length(plain) THEN plain ELSE upper(plain) END
        FROM (SELECT min(id) AS first_id, max(id) AS last_id,
                     upper(string_agg(reference || ' ' || description || ' ' || counterparty, E'\n')
                           COLLATE "C") COLLATE "default" AS plain
              FROM added WHERE source_file_id = arrived.source_file_id GROUP BY id / 32) AS block;
    END LOOP;
    INSERT INTO reconciliation_openitem (project_id, side, booked_on, line_id, amount_minor)
    SELECT project_id, side, booked_on, id, amount_minor FROM added;
    RETURN NULL;
END $$;

DROP TRIGGER search_blocks_enter ON reconciliation_sourcefile;
DROP FUNCTION search_blocks_enter();

CREATE OR REPLACE FUNCTION source_file_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint; money_in numeric; money_out numeric; came bigint; gone bigint;
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
        -- The pieces of this transaction: no other one's are there (arrivals_are_settled).
        WITH settled AS (DELETE FROM reconciliation_arrival WHERE source_file_id = NEW.id
                         RETURNING line_count, first_line_id, last_line_id)
        SELECT coalesce(sum(line_count), 0), coalesce(min(first_line_id), 0), coalesce(max(last_line_id), 0)
        INTO came, NEW.first_line_id, NEW.last_line_id FROM settled;
        EXECUTE 'SELECT count(*), coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0),
                        coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0)
                 FROM reconciliation_line
                 WHERE project_id = $1 AND id BETWEEN $2 AND $3 AND source_file_id = $4'
            INTO lines, money_in, money_out
            USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
        IF (lines, lines, money_in, money_out) IS DISTINCT FROM
           (NEW.row_count::bigint, came, NEW.money_in_minor::numeric, NEW.money_out_minor::numeric)
        THEN
            RAISE EXCEPTION 'the file announces % rows, % in, % out; stored are %, %, %',
                NEW.row_count, NEW.money_in_minor, NEW.money_out_minor, lines, money_in, money_out
                USING ERRCODE = '23R08';
        END IF;
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
