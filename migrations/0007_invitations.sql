-- Invitations: the way in that a mail offers, and what a node says in it.

-- The id is the one of the mail. The link holds a code made of the id and the deployment's pepper, which is kept nowhere.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- Good for this turn of their life and this address alone (INV-1).
    generation BIGINT NOT NULL,
    login_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'ended')),
    -- Why it ended: a newer one, taken back, cancelled, too late.
    reason TEXT CHECK (reason IN ('superseded', 'withdrawn', 'cancelled', 'expired')),
    created_at BIGINT NOT NULL,
    -- Counted from when the mail left; none while it waits.
    expires_at BIGINT,
    closed_at BIGINT,
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((state = 'ended') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX invitations_one_open ON invitations (user_id) WHERE state = 'open';
CREATE INDEX invitations_user ON invitations (user_id, id);
CREATE INDEX invitations_sent ON invitations (expires_at) WHERE state = 'open';

-- What waits to be sent to somebody who can still accept it is an open invitation; the rest is taken back.
INSERT INTO invitations (id, user_id, generation, login_key, state, created_at)
    SELECT max(o.id), u.id, u.generation, u.login_key, 'open', max(o.created_at)
    FROM outbox o JOIN users u ON u.id = o.user_id AND u.generation = o.generation AND u.login = o.recipient
    WHERE o.kind = 'invitation' AND o.sent_at IS NULL AND o.withdrawn_at IS NULL AND u.state = 'invited'
      AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.recycled_at IS NULL
    GROUP BY u.id, u.generation, u.login_key;
UPDATE outbox SET withdrawn_at = created_at
    WHERE kind = 'invitation' AND sent_at IS NULL AND withdrawn_at IS NULL AND id NOT IN (SELECT id FROM invitations);

-- What a node says in its invitations, and whether they are sent by themselves. What is none is as the node above has it.
CREATE TABLE invitation_words (
    node_id BIGINT PRIMARY KEY REFERENCES nodes (id) ON DELETE CASCADE,
    subject TEXT,
    heading TEXT,
    message TEXT,
    button TEXT,
    sends TEXT CHECK (sends IN ('on', 'off')),
    -- Sent again by themselves after so many days; 0 is never.
    again_after_days BIGINT CHECK (again_after_days BETWEEN 0 AND 90)
);
