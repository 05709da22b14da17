-- Name sightings: written once, while the books are open; they leave with their project.

CREATE FUNCTION name_sightings_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(coalesce((SELECT array_agg(DISTINCT project_id) FROM added), '{}'));
    IF EXISTS (SELECT FROM added a LEFT JOIN reconciliation_matchrun r
                      ON r.id = a.run_id AND r.project_id = a.project_id
               WHERE a.run_id IS NOT NULL AND r.id IS NULL) THEN
        RAISE EXCEPTION 'a sighting is of a run of its project' USING ERRCODE = '23R03';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER name_sightings_arrive AFTER INSERT ON reconciliation_namesighting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION name_sightings_arrive();
CREATE TRIGGER name_sightings_are_final BEFORE UPDATE OR TRUNCATE ON reconciliation_namesighting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was seen is followed by what is seen next');
CREATE TRIGGER name_sightings_go_only_with_their_project AFTER DELETE ON reconciliation_namesighting
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

CREATE FUNCTION name_sightings_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_namesighting WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER name_sightings_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION name_sightings_go();
