-- How a mail fares on its way out, and what it says.

-- What it says, as JSON; none for an invitation, whose words are those of its node when it leaves.
ALTER TABLE outbox ADD COLUMN letter TEXT;
ALTER TABLE outbox ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
-- Not tried again before.
ALTER TABLE outbox ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
-- A server is sending it and has until then to say what became of it.
ALTER TABLE outbox ADD COLUMN claimed_until BIGINT NOT NULL DEFAULT 0;
-- Why the last try failed, in words for an administrator.
ALTER TABLE outbox ADD COLUMN trouble TEXT;
-- Given up: nobody tries again by themselves.
ALTER TABLE outbox ADD COLUMN failed_at BIGINT;

DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (next_at, id) WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL;
