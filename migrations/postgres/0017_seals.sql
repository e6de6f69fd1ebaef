-- Events are append-only but for the names and details of somebody who was deleted permanently.
DROP TRIGGER events_keep ON events;
CREATE TRIGGER events_keep BEFORE DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_keep();
CREATE FUNCTION events_keep_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.id = OLD.id AND NEW.act = OLD.act AND NEW.at = OLD.at AND NEW.code = OLD.code AND NEW.actor_kind = OLD.actor_kind
        AND NEW.actor_id IS NOT DISTINCT FROM OLD.actor_id AND NEW.node_id IS NOT DISTINCT FROM OLD.node_id
        AND NEW.target_kind IS NOT DISTINCT FROM OLD.target_kind AND NEW.target_id IS NOT DISTINCT FROM OLD.target_id
        AND (NEW.actor_name = OLD.actor_name
             OR (NEW.actor_name = '' AND EXISTS (SELECT 1 FROM erasures e WHERE e.user_id = OLD.actor_id)))
        AND ((NEW.target_name IS NOT DISTINCT FROM OLD.target_name AND NEW.details = OLD.details)
             OR (NEW.target_name = '' AND NEW.details = '{}'
                 AND EXISTS (SELECT 1 FROM erasures e WHERE e.user_id = OLD.target_id)))
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'events are append-only';
END $$;
CREATE TRIGGER events_keep_update BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION events_keep_update();
