-- A file's lines arrive with less work; what is refused, and with which SQLSTATE, is unchanged.

-- One look at the rows of each COPY instead of two.
CREATE OR REPLACE FUNCTION lines_arrive() RETURNS trigger LANGUAGE plpgsql SET work_mem = '256MB' AS $$
DECLARE
    arrived record;
BEGIN
    FOR arrived IN SELECT project_id, source_file_id, side FROM added
                   GROUP BY project_id, source_file_id, side ORDER BY project_id LOOP
        PERFORM require_open(ARRAY[arrived.project_id]);
        IF NOT EXISTS (SELECT FROM reconciliation_sourcefile f
                       WHERE f.id = arrived.source_file_id AND f.project_id = arrived.project_id
                         AND f.side = arrived.side AND f.status = 'importing') THEN
            RAISE EXCEPTION 'lines enter only through a file of their project and side that is being imported'
                USING ERRCODE = '23R03';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Uploaded bytes are packed ten times faster where the server can do it (built with lz4).
DO $$
BEGIN
    ALTER TABLE reconciliation_storedchunk ALTER COLUMN content SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'stored bytes stay packed by pglz';
END $$;
