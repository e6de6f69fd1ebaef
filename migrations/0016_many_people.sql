-- What is done to many people at once, and who put somebody into the recycle bin.

-- What an administrator is about to do, as they looked at it: kept until it is done or another takes its place, for a day
-- at the most. One of each kind for each administrator, so nothing grows.
CREATE TABLE plans (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('people', 'import')),
    id TEXT NOT NULL,
    -- Whom or what it concerns, in the order it is done: one JSON object; empty once it is done.
    content TEXT NOT NULL,
    -- How many there are, and how many of them have been dealt with.
    total BIGINT NOT NULL,
    position BIGINT NOT NULL DEFAULT 0,
    -- Where to, once that is decided.
    node_id BIGINT,
    -- What became of those who were dealt with: one JSON object.
    outcome TEXT NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kind),
    CHECK (position BETWEEN 0 AND total)
);
CREATE INDEX plans_created ON plans (created_at);

-- Who deleted them; set and cleared with recycled_at.
ALTER TABLE users ADD COLUMN recycled_by TEXT;
CREATE INDEX users_recycled ON users (recycled_at, id) WHERE recycled_at IS NOT NULL;
