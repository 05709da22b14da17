-- Search blocks in upper case for every alphabet: “Müller” is found through them as “Meyer” is.
-- ASCII letters first and by themselves, so that no language's rule for i changes them; the slower rule of
-- the database's language is asked only for texts that hold other letters.

CREATE OR REPLACE FUNCTION search_blocks_enter() RETURNS trigger LANGUAGE plpgsql
SET work_mem = '64MB' SET enable_nestloop = off AS $$
BEGIN
    EXECUTE 'INSERT INTO reconciliation_searchblock (project_id, side, first_line_id, last_line_id, texts)
             SELECT project_id, side, min(id), max(id),
                    string_agg(CASE WHEN octet_length(plain) = char_length(plain) THEN plain
                                    ELSE upper(plain) END, E''\n'')
             FROM (SELECT project_id, side, id,
                          upper((reference || '' '' || description || '' '' || counterparty) COLLATE "C")
                          COLLATE "default" AS plain
                   FROM reconciliation_line
                   WHERE project_id = $1 AND id BETWEEN $2 AND $3 AND source_file_id = $4
                   ORDER BY project_id, id) AS l
             GROUP BY project_id, side, id / 32'
        USING NEW.project_id, NEW.first_line_id, NEW.last_line_id, NEW.id;
    RETURN NULL;
END $$;

-- Blocks that are there already.
ALTER TABLE reconciliation_searchblock DISABLE TRIGGER search_blocks_are_kept_by_the_database;
UPDATE reconciliation_searchblock SET texts = upper(texts)
WHERE octet_length(texts) <> char_length(texts);
ALTER TABLE reconciliation_searchblock ENABLE TRIGGER search_blocks_are_kept_by_the_database;
