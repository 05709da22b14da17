-- Search blocks: a rare word is found by looking through one row per 32 lines, without an index on texts.
-- A trigram index costs 16 s per million lines imported; these rows cost about one.

ALTER TABLE reconciliation_searchblock ALTER COLUMN texts SET STORAGE EXTERNAL,
    SET (toast_tuple_target = 8160);

-- Files that are in the books already.
INSERT INTO reconciliation_searchblock (project_id, side, first_line_id, last_line_id, texts)
SELECT l.project_id, l.side, min(l.id), max(l.id),
       string_agg(upper((l.reference || ' ' || l.description || ' ' || l.counterparty) COLLATE "C"), E'\n')
FROM reconciliation_line l JOIN reconciliation_sourcefile f ON f.id = l.source_file_id
WHERE f.status IN ('imported', 'withdrawn')
GROUP BY l.project_id, l.side, l.source_file_id, l.id / 32;

CREATE FUNCTION search_blocks_enter() RETURNS trigger LANGUAGE plpgsql
SET work_mem = '64MB' SET enable_nestloop = off AS $$
BEGIN
    EXECUTE 'INSERT INTO reconciliation_searchblock (project_id, side, first_line_id, last_line_id, texts)
             SELECT project_id, side, min(id), max(id),
                    string_agg(upper((reference || '' '' || description || '' '' || counterparty)
                                     COLLATE "C"), E''\n'')
             FROM (SELECT * FROM reconciliation_line
                   WHERE project_id = $1 AND id BETWEEN $2 AND $3 AND source_file_id = $4
                   ORDER BY project_id, id) AS l
             GROUP BY project_id, side, id / 32'
        USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER search_blocks_enter AFTER UPDATE OF status ON reconciliation_sourcefile
    FOR EACH ROW WHEN (NEW.status = 'imported' AND OLD.status = 'importing')
    EXECUTE FUNCTION search_blocks_enter();

CREATE TRIGGER search_blocks_are_kept_by_the_database
    BEFORE INSERT OR UPDATE OR DELETE ON reconciliation_searchblock
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_change('search blocks follow the lines');
CREATE TRIGGER search_blocks_are_not_truncated BEFORE TRUNCATE ON reconciliation_searchblock
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('search blocks follow the lines');

CREATE FUNCTION search_blocks_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_searchblock WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER search_blocks_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION search_blocks_go();
