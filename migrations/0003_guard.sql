-- What guards against an identity provider's mistake: many locks and removals are one storm that can be undone; a
-- connection can hold them back, be paused, and be removed for a while before it is gone.

-- What happens to a storm's further locks and removals: they are carried out and gathered, or held back.
ALTER TABLE connections ADD COLUMN storm_guard TEXT NOT NULL DEFAULT 'apply' CHECK (storm_guard IN ('apply', 'hold'));
-- Removed: nothing sees it any more, and what it was can be restored until another takes its place.
ALTER TABLE connections ADD COLUMN removed_at BIGINT;
ALTER TABLE connections ADD COLUMN removed_by TEXT;
-- What became of its people.
ALTER TABLE connections ADD COLUMN fate TEXT CHECK (fate IN ('keep', 'lock', 'unlink'));

-- Of the end of a token the administrators are told by mail so many days before: the last such number.
ALTER TABLE tokens ADD COLUMN warned_days BIGINT;

-- Many locks and removals within a short time.
CREATE TABLE storms (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    -- Open: somebody has to look. Kept: it was meant. Undone: all of it was taken back.
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'undone')),
    opened_at BIGINT NOT NULL,
    -- Its further locks and removals were held back until an administrator decided.
    held BOOLEAN NOT NULL,
    -- How many requests were held back.
    held_requests BIGINT NOT NULL DEFAULT 0,
    released_at BIGINT,
    released_by TEXT,
    closed_at BIGINT,
    closed_by TEXT,
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE INDEX storms_connection ON storms (connection_id, id);

-- Every lock and removal by a connection, with what was before.
CREATE TABLE losses (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    storm_id TEXT REFERENCES storms (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user_locked', 'user_deleted', 'membership_removed', 'team_removed')),
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    team_id TEXT REFERENCES teams (id) ON DELETE CASCADE,
    -- Of a person, who was visible: their lock by the identity provider, who had locked them, and who did now.
    locked_by_idp BOOLEAN,
    locked_by TEXT,
    locked_by_now TEXT,
    -- Of a membership: the whole row.
    state TEXT,
    source TEXT,
    requested_at BIGINT,
    decided_at BIGINT,
    decided_by TEXT,
    decided_via TEXT,
    -- Of a team: its roles, as one JSON list of ids.
    roles TEXT,
    -- What an undo made of it.
    outcome TEXT CHECK (outcome IN ('restored', 'left')),
    CHECK (kind NOT IN ('user_locked', 'user_deleted') OR (user_id IS NOT NULL AND locked_by_idp IS NOT NULL)),
    CHECK (kind <> 'membership_removed' OR (user_id IS NOT NULL AND team_id IS NOT NULL AND state IS NOT NULL
        AND source IS NOT NULL AND requested_at IS NOT NULL)),
    CHECK (kind <> 'team_removed' OR (team_id IS NOT NULL AND roles IS NOT NULL)),
    CHECK (outcome IS NULL OR storm_id IS NOT NULL)
);
CREATE INDEX losses_connection ON losses (connection_id, at) WHERE storm_id IS NULL;
CREATE INDEX losses_storm ON losses (storm_id, id) WHERE storm_id IS NOT NULL;
CREATE INDEX losses_user ON losses (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX losses_team ON losses (team_id) WHERE team_id IS NOT NULL;

-- What a connection lost lately, so that nothing has to be counted. Whoever takes something away holds the row first.
CREATE TABLE guards (
    connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    -- How much may be lost within an hour without a storm, and when that was counted.
    allowed BIGINT NOT NULL DEFAULT 0,
    counted_at BIGINT NOT NULL DEFAULT 0,
    -- One JSON list of pairs: a minute, and how much was lost in it.
    recent TEXT NOT NULL DEFAULT '[]',
    -- The storm that further losses join, and when the last one did.
    storm_id TEXT REFERENCES storms (id) ON DELETE SET NULL,
    last_at BIGINT NOT NULL DEFAULT 0,
    -- The storm holds back what comes.
    holds BOOLEAN NOT NULL DEFAULT FALSE
);

-- What the people and teams of a removed connection were like.
CREATE TABLE left_behind (
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'team')),
    subject_id TEXT NOT NULL,
    external_id TEXT,
    hidden BOOLEAN NOT NULL,
    locked_by_idp BOOLEAN NOT NULL,
    locked_by TEXT,
    -- Locked by the removal itself.
    locked_now BOOLEAN NOT NULL,
    PRIMARY KEY (connection_id, kind, subject_id)
);
