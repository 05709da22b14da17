-- An entry to post stands and falls with its group: it comes with one, and goes into no other when
-- that is reversed. Else a settlement taken back could be matched once more beside the one that
-- followed it, and the entry would be settled twice.
-- SQLSTATE 23R04. Row by row: runs bring few entries, and WHEN passes lines by.

CREATE FUNCTION entry_is_in_one_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM reconciliation_matchmember
               WHERE project_id = NEW.project_id AND adjustment_id = NEW.adjustment_id
                 AND released_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an entry falls with its group' USING ERRCODE = '23R04';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entries_are_in_one_group AFTER INSERT ON reconciliation_matchmember
    FOR EACH ROW WHEN (NEW.adjustment_id IS NOT NULL) EXECUTE FUNCTION entry_is_in_one_group();

CREATE FUNCTION entry_comes_with_its_group() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reconciliation_matchmember
                   WHERE project_id = NEW.project_id AND adjustment_id = NEW.id
                     AND released_at IS NULL)
       AND NOT EXISTS (SELECT FROM reconciliation_matchmember
                       WHERE project_id = NEW.project_id AND adjustment_id = NEW.id
                         AND released_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an entry comes with its group' USING ERRCODE = '23R04';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER entry_comes_with_its_group AFTER INSERT ON reconciliation_adjustment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_comes_with_its_group();
