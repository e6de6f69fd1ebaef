-- Roles: what they are like beside their name, and what those who hold them obey.

-- The folded name: two roles of one node never bear the same.
ALTER TABLE roles ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE roles SET name_key = id;
CREATE UNIQUE INDEX roles_name ON roles (node_id, name_key);
-- Whether the nodes below may use it too.
ALTER TABLE roles ADD COLUMN visible_below BOOLEAN NOT NULL DEFAULT FALSE;
-- New people of the node, and of those below where they see it, hold it from the beginning. Nobody becomes an
-- administrator that way (AUZ-5).
ALTER TABLE roles ADD COLUMN for_new_users BOOLEAN NOT NULL DEFAULT FALSE CHECK (NOT for_new_users OR kind = 'ordinary');
CREATE INDEX roles_for_new_users ON roles (node_id) WHERE for_new_users;
CREATE INDEX role_teams_team ON role_teams (team_id);

-- One policy of a role: a word and its value.
CREATE TABLE role_policies (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    policy TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (role_id, policy)
);
