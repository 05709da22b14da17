-- Only its owner may analyse a table: the runtime role was passed over with a warning, and the
-- planner knew nothing of a million rows that had just come in. This function asks as the owner.
CREATE FUNCTION refresh_statistics(VARIADIC names text[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('ANALYZE public.%I', name);
    END LOOP;
END $$;
