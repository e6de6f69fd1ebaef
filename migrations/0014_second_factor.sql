-- Proof: when somebody showed last who they are, and what they show beside a passphrase.

-- When whoever a session belongs to proved last who they are; one that is nobody's has none (AUZ-6).
ALTER TABLE sessions ADD COLUMN proved_at BIGINT;
UPDATE sessions SET proved_at = created_at WHERE user_id IS NOT NULL;
-- A role asks for a second factor, and they had none when they came in: nothing else is open to them.
ALTER TABLE sessions ADD COLUMN owes_second_factor BOOLEAN NOT NULL DEFAULT FALSE;

-- A secret shared with an authenticator app (RFC 6238). Not confirmed, it is an offer and asked for nowhere.
CREATE TABLE second_factors (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed: a copy of the database does not tell it.
    secret TEXT NOT NULL,
    offered_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- The latest time step whose code was taken: no code counts twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    last_used_at BIGINT,
    -- Wrong codes in a row, and since when: from wherever they come.
    wrong BIGINT NOT NULL DEFAULT 0,
    wrong_since BIGINT
);

-- What lets somebody in whose telephone is gone; each once. Only keyed hashes.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, digest)
);
