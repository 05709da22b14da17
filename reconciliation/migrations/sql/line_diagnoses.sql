-- Diagnoses of open lines go with their project; a run replaces them, so nothing else guards them.

CREATE FUNCTION line_diagnoses_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_linediagnosis WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER line_diagnoses_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION line_diagnoses_go();
