-- Notes on lines: written once, about lines of the note's own project, while its books are open.

CREATE FUNCTION break_note_names_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_open(ARRAY[NEW.project_id]);
    IF NOT EXISTS (SELECT FROM reconciliation_line
                   WHERE project_id = NEW.project_id AND id = NEW.line_id) THEN
        RAISE EXCEPTION 'a note is about a line of its project' USING ERRCODE = '23R03';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER break_note_names_its_line BEFORE INSERT ON reconciliation_breaknote
    FOR EACH ROW EXECUTE FUNCTION break_note_names_its_line();
CREATE TRIGGER break_notes_are_final BEFORE UPDATE OR TRUNCATE ON reconciliation_breaknote
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a note is followed by another one');
CREATE TRIGGER break_notes_go_only_with_their_project AFTER DELETE ON reconciliation_breaknote
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION allow_only_purge();

CREATE FUNCTION break_notes_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reconciliation_breaknote WHERE project_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER break_notes_go BEFORE DELETE ON projects_project
    FOR EACH ROW EXECUTE FUNCTION break_notes_go();
