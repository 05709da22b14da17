-- Remembered layouts: what imports before this taught, then the promise that locked books keep them.

INSERT INTO reconciliation_rememberedlayout
    (id, project_id, side, fingerprint, header, options, read_as, source_file_id, used_at, made_by_id)
SELECT DISTINCT ON (project_id, side, reading->>'fingerprint')
       gen_random_uuid(), project_id, side, reading->>'fingerprint',
       coalesce(reading->'settled'->'header', '[]'),
       layout - '{errors,repeats,balances,year,header_row}'::text[],
       coalesce(reading->'options', '{}') - '{errors,repeats,balances,year,header_row}'::text[],
       id, imported_at, uploaded_by_id
FROM reconciliation_sourcefile
WHERE imported_at IS NOT NULL AND coalesce(reading->>'fingerprint', '') <> ''
ORDER BY project_id, side, reading->>'fingerprint', imported_at DESC;

CREATE FUNCTION remembered_layout_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(ARRAY[NEW.project_id]);
    RETURN NEW;
END $$;

CREATE TRIGGER remembered_layout_changes BEFORE INSERT OR UPDATE ON reconciliation_rememberedlayout
    FOR EACH ROW EXECUTE FUNCTION remembered_layout_changes();

CREATE FUNCTION remembered_layout_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM projects_project WHERE id = OLD.project_id AND state = 'deleted') THEN
        PERFORM require_open(ARRAY[OLD.project_id]);
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER remembered_layout_goes BEFORE DELETE ON reconciliation_rememberedlayout
    FOR EACH ROW EXECUTE FUNCTION remembered_layout_goes();

CREATE FUNCTION remembered_layouts_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_rememberedlayout WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER remembered_layouts_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION remembered_layouts_go();
