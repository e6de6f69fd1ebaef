-- Browser sessions. The cookie holds the id, this table only its SHA-256 (SES-1).

CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY,
    -- Nobody yet: a short anonymous session (a sign-in under way, a form's errors).
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    epoch BIGINT NOT NULL DEFAULT 0,
    data TEXT NOT NULL,
    method TEXT,
    created_at BIGINT NOT NULL,
    -- The latest instant this row has seen: a clock that jumps back never lengthens a session (SES-6).
    seen_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ip TEXT,
    agent TEXT
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
