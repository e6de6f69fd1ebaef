-- The directory: who is who, where they belong, and what they may do.
-- Ids are UUIDv7 text (nodes: numbers), instants are milliseconds since 1970 UTC, JSON is text.

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE nodes (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT REFERENCES nodes (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    created_at BIGINT NOT NULL
);
CREATE INDEX nodes_parent ON nodes (parent_id);
-- One root: two rows without a parent would share this key.
CREATE UNIQUE INDEX nodes_one_root ON nodes (coalesce(parent_id, 0)) WHERE parent_id IS NULL;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    node_id BIGINT NOT NULL REFERENCES nodes (id),
    -- The address a person signs in with, and its folded form: unique over the whole deployment.
    login TEXT NOT NULL,
    login_key TEXT NOT NULL,
    -- What the identity provider calls them, as it was sent, and its folded form.
    user_name TEXT,
    user_name_key TEXT,
    external_id TEXT,
    display_name TEXT,
    given_name TEXT,
    family_name TEXT,
    -- What the console shows and sorts by: a name, or the address where there is none; and its folded form.
    label TEXT NOT NULL,
    label_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active')),
    locked_by_admin BOOLEAN NOT NULL DEFAULT FALSE,
    locked_by_idp BOOLEAN NOT NULL DEFAULT FALSE,
    -- Who locked, for the line under the badge.
    locked_by TEXT,
    -- Deleted over SCIM: locked here, gone there.
    hidden_from_connection BOOLEAN NOT NULL DEFAULT FALSE,
    -- The connection of the node has created or claimed this person.
    linked BOOLEAN NOT NULL DEFAULT FALSE,
    recycled_at BIGINT,
    generation BIGINT NOT NULL DEFAULT 1,
    session_epoch BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL DEFAULT 1,
    -- Everything else the identity provider asserted: one JSON object.
    attributes TEXT NOT NULL DEFAULT '{}',
    created_via TEXT NOT NULL CHECK (created_via IN ('set_up', 'console', 'bootstrap', 'scim', 'sign_in')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_sign_in_at BIGINT,
    passphrase_hash TEXT
);
CREATE UNIQUE INDEX users_login ON users (login_key);
CREATE UNIQUE INDEX users_user_name ON users (user_name_key) WHERE user_name_key IS NOT NULL;
CREATE UNIQUE INDEX users_external_id ON users (node_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX users_label ON users (label_key, id);
CREATE INDEX users_node_label ON users (node_id, label_key, id);
-- How many have which status: counted without reading the people.
CREATE INDEX users_status ON users (node_id, state, locked_by_admin, locked_by_idp, linked) WHERE recycled_at IS NULL;
-- What a connection may see of its node, in the order it pages through them.
CREATE INDEX users_visible ON users (node_id, id) WHERE NOT hidden_from_connection AND recycled_at IS NULL;

-- The leaves of users.attributes, for filters and sorting: one row per value, written with it.
CREATE TABLE user_values (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    attribute TEXT NOT NULL,
    item BIGINT NOT NULL,
    part TEXT NOT NULL,
    text TEXT,
    folded TEXT,
    flag BOOLEAN,
    instant BIGINT,
    PRIMARY KEY (user_id, attribute, item, part)
);
CREATE INDEX user_values_folded ON user_values (attribute, part, folded);

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    node_id BIGINT NOT NULL REFERENCES nodes (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    name_key TEXT NOT NULL,
    external_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
    linked BOOLEAN NOT NULL DEFAULT FALSE,
    recycled_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    decided_via TEXT CHECK (decided_via IN ('approvals', 'full_sync', 'sign_in', 'command_line', 'automator', 'console'))
);
CREATE UNIQUE INDEX teams_external_id ON teams (node_id, external_id) WHERE external_id IS NOT NULL AND recycled_at IS NULL;
CREATE INDEX teams_name ON teams (name_key, id);
CREATE INDEX teams_node_name ON teams (node_id, name_key);
CREATE INDEX teams_visible ON teams (node_id, id) WHERE recycled_at IS NULL;
CREATE INDEX teams_pending ON teams (node_id) WHERE state = 'pending';

CREATE TABLE memberships (
    team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
    -- Asked for by the identity provider, or given in the console.
    source TEXT NOT NULL CHECK (source IN ('scim', 'console')),
    requested_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    decided_via TEXT CHECK (decided_via IN ('approvals', 'full_sync', 'sign_in', 'command_line', 'automator', 'console')),
    PRIMARY KEY (team_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id, team_id);
CREATE INDEX memberships_pending ON memberships (team_id) WHERE state = 'pending';

CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    node_id BIGINT NOT NULL REFERENCES nodes (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    kind TEXT NOT NULL CHECK (kind IN ('ordinary', 'administrative')),
    built_in BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    UNIQUE (id, kind)
);
CREATE TABLE role_privileges (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    -- Only an administrative role holds privileges.
    kind TEXT NOT NULL DEFAULT 'administrative' CHECK (kind = 'administrative'),
    node_id BIGINT NOT NULL REFERENCES nodes (id),
    privilege TEXT NOT NULL,
    cascades BOOLEAN NOT NULL,
    PRIMARY KEY (role_id, node_id, privilege),
    FOREIGN KEY (role_id, kind) REFERENCES roles (id, kind)
);
CREATE TABLE role_users (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, user_id)
);
CREATE INDEX role_users_user ON role_users (user_id);
CREATE TABLE role_teams (
    role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
    -- A team never carries administrative power (AUZ-4).
    kind TEXT NOT NULL DEFAULT 'ordinary' CHECK (kind = 'ordinary'),
    team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, team_id),
    FOREIGN KEY (role_id, kind) REFERENCES roles (id, kind)
);

-- A provisioning method of kind SCIM. The URL carries only the node, so there is one per node.
CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    node_id BIGINT NOT NULL UNIQUE REFERENCES nodes (id),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'inactive', 'active', 'paused')),
    unique_team_names BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    saved_at BIGINT,
    first_request_at BIGINT,
    last_request_at BIGINT,
    last_agent TEXT
);
-- The bearer secrets of a connection: the public part is the id, the secret is kept as a keyed hash.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'revoked')),
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_ip TEXT,
    last_used_agent TEXT,
    revoked_at BIGINT
);
CREATE INDEX tokens_connection ON tokens (connection_id);

-- Every SCIM request and its answer, for the administrator to read.
CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    token_id TEXT,
    at BIGINT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status BIGINT NOT NULL,
    scim_type TEXT,
    detail TEXT,
    took_us BIGINT NOT NULL,
    agent TEXT,
    ip TEXT
);
CREATE INDEX requests_connection ON requests (connection_id, id);

-- Something that happened, by whom, to what. Rows are only ever added.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    act TEXT NOT NULL,
    at BIGINT NOT NULL,
    code TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'connection', 'system')),
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    node_id BIGINT,
    target_kind TEXT,
    target_id TEXT,
    target_name TEXT,
    details TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX events_target ON events (target_id, id);
CREATE INDEX events_node ON events (node_id, id);

-- Mail to be sent, written in the same unit of work as what it tells of (INV-4).
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- Counts the same mail to the same generation of a person: 1, 2, ... for each that was asked for.
    transition BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    withdrawn_at BIGINT,
    UNIQUE (user_id, generation, kind, transition)
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL AND withdrawn_at IS NULL;

-- Who an identity provider says a person is (OID-2): never re-keyed by an address.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);
