-- How the people of a node sign in: an OpenID Connect provider of theirs. One method a node.

CREATE TABLE sign_in_methods (
    id TEXT PRIMARY KEY,
    node_id BIGINT NOT NULL UNIQUE REFERENCES nodes (id),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    -- What people may type instead of their address.
    word TEXT UNIQUE,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- Sealed with the secrets of the deployment (SEC-1).
    client_secret TEXT,
    -- Words with a space between.
    scopes TEXT NOT NULL,
    algorithms TEXT NOT NULL,
    -- Whoever is unknown is created at their first sign-in.
    just_in_time BOOLEAN NOT NULL,
    -- Also the people of nodes beneath that have no method of their own.
    below BOOLEAN NOT NULL,
    -- An address counts as verified where the provider does not say whether it is.
    trusts_addresses BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'verified', 'on', 'off')),
    -- Grows with every change, so that nothing is kept in mind that is no longer so.
    revision BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    verified_at BIGINT,
    -- Whom the sign-in proved that verified it.
    verified_as TEXT,
    -- What the last test of the connection found.
    tested_at BIGINT,
    test_result TEXT NOT NULL DEFAULT 'untested',
    test_detail TEXT NOT NULL DEFAULT ''
);

-- Who a provider says a person is (OID-2): by the provider, its issuer and its subject. `sso` is the provider of the
-- server's settings; the others are methods.
CREATE TABLE provider_identities (
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (provider, issuer, subject)
);
INSERT INTO provider_identities (provider, issuer, subject, user_id, linked_at)
SELECT 'sso', issuer, subject, user_id, linked_at FROM identities;
DROP TABLE identities;
ALTER TABLE provider_identities RENAME TO identities;
CREATE INDEX identities_user ON identities (user_id);

-- Domains whose addresses are the organisation's, shown by a TXT record. One organisation, so each stands once.
CREATE TABLE domains (
    -- In its ASCII form, lower case.
    name TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'verified')),
    -- The method that an address of this domain leads to.
    method_id TEXT REFERENCES sign_in_methods (id) ON DELETE SET NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    verified_at BIGINT,
    checked_at BIGINT,
    -- What the last look at the TXT record found.
    finding TEXT NOT NULL DEFAULT 'unchecked'
);
