//! What must hold in every database is seen when it does not.

use directory::verify::verify;

use crate::support::{Story, databases};

/// A change behind the back of the verbs, and a part of the sentence that tells of it.
const BREAKS: &[(&str, &str)] = &[
    ("UPDATE users SET login_key = 'somebody@else.example' WHERE login_key = 'ben@acme.example'", "compared by something else"),
    ("UPDATE users SET label_key = 'nobody' WHERE login_key = 'ben@acme.example'", "compared by something else"),
    ("UPDATE user_values SET text = 'Nobody', folded = 'nobody' WHERE attribute = 'displayName' AND text = 'Ben'", "was not asserted"),
    ("UPDATE user_values SET folded = 'nobody' WHERE attribute = 'displayName' AND text = 'Ben'", "was not asserted"),
    ("UPDATE users SET attributes = '{' WHERE login_key = 'ben@acme.example'", "was not asserted"),
    ("UPDATE users SET node_id = 2 WHERE login_key = 'grace@acme.example'", "joins two nodes"),
    ("UPDATE memberships SET state = 'approved'", "decided without an instant"),
    ("UPDATE teams SET decided_at = 1 WHERE name = 'Ops'", "pending with one"),
    ("UPDATE users SET hidden_from_connection = TRUE WHERE login_key = 'grace@acme.example'", "did not delete them"),
    ("UPDATE users SET locked_by_admin = TRUE WHERE login_key = 'ada@acme.example'", "Nobody who holds the role administrator"),
    ("UPDATE tokens SET digest = 'scimc_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", "no keyed hash"),
    ("UPDATE users SET locked_by_admin = TRUE WHERE login_key = 'ben@acme.example'", "cannot accept it"),
    ("UPDATE connections SET node_id = 1", "on the node at the top"),
    ("INSERT INTO teams (id, node_id, name, name_key, state, created_at, updated_at) VALUES ('t', 3, 'T', 't', 'pending', 1, 1)", "No event tells of the team t"),
    (
        "INSERT INTO tokens (id, connection_id, name, digest, state, created_at, created_by, expires_at)
         SELECT 'n' || CAST(n.id AS TEXT), c.id, 'n', digest, 'active', 0, '', 0 FROM connections c JOIN tokens ON TRUE JOIN nodes n ON TRUE",
        "more than two active tokens",
    ),
    (
        "INSERT INTO sessions (id_hash, user_id, epoch, data, created_at, seen_at, idle_expires_at, expires_at)
         SELECT 'a', id, session_epoch, '{}', 0, 0, 1, 1 FROM users WHERE login_key = 'linus@acme.example'",
        "may not sign in",
    ),
    (
        "INSERT INTO seals (position, event_id, actor, target, link) SELECT 1, 'gone', digest, digest, digest FROM tokens",
        "broken at the seal 1",
    ),
    ("INSERT INTO erasures (user_id, at) SELECT id, 1 FROM users WHERE login_key = 'ben@acme.example'", "was erased, and is there"),
];

#[tokio::test]
async fn every_broken_invariant_is_told_in_a_sentence() {
    for (sql, sentence) in BREAKS {
        for database in databases().await {
            let _story = Story::of(&database).await;
            assert!(verify(&database.db).await.unwrap().is_empty());
            assert!(database.run(sql).await > 0, "{sql}");
            let told = verify(&database.db).await.unwrap();
            assert!(
                told.iter().any(|one| one.contains(sentence)),
                "{sql}: {told:?}"
            );
            database.close().await;
        }
    }
}
