-- The audit trail sealed by a chain, and whose names were erased from it.

-- Who was deleted permanently: of them the events keep ids alone. Only what stands here may be blanked.
CREATE TABLE erasures (
    user_id TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- A link for each event, in the order they were sealed: computed from the event and the link before it with a key that is
-- not in the database.
CREATE TABLE seals (
    position BIGINT PRIMARY KEY CHECK (position > 0),
    event_id TEXT NOT NULL UNIQUE,
    -- Of the actor's name, and of the target's name and the details: kept where these are erased.
    actor TEXT NOT NULL CHECK (length(actor) = 64),
    target TEXT NOT NULL CHECK (length(target) = 64),
    link TEXT NOT NULL CHECK (length(link) = 64)
);
