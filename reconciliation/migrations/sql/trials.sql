-- Trials change nothing; they go with their project.

CREATE FUNCTION trials_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_trial WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER trials_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION trials_go();
