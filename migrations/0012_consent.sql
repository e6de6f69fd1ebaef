-- Consent to transfer: what a role may ask of those who hold it before they go on.

ALTER TABLE users ADD COLUMN consent TEXT NOT NULL DEFAULT 'undefined' CHECK (consent IN ('undefined', 'not_accepted', 'accepted'));
-- Until when somebody has to accept; none while nobody counts: before they have come in, and for administrators of everything.
ALTER TABLE users ADD COLUMN consent_expires_at BIGINT;
ALTER TABLE users ADD COLUMN consented_at BIGINT;
CREATE INDEX users_consent ON users (id) WHERE consent = 'not_accepted';

-- How many have which status, which the consent is a part of now.
DROP INDEX users_status;
CREATE INDEX users_status ON users (node_id, state, locked_by_admin, locked_by_idp, consent, linked) WHERE recycled_at IS NULL;

CREATE INDEX role_policies_policy ON role_policies (policy, role_id);

-- Who has every privilege has the new one, too.
INSERT INTO role_privileges (role_id, node_id, privilege, cascades)
    SELECT role_id, node_id, 'transfer_consent', cascades FROM role_privileges
    WHERE role_id = 'administrator' AND privilege = 'manage_users';
