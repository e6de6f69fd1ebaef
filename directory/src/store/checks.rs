//! Questions whose answer is always "none": what must hold in every database (safety.md, section 4).

use super::consents::is_asked;
use super::db::Tx;
use crate::error::Result;
use crate::model::id::{TokenId, UserId};

/// A question, and the sentence about each row of its answer: `{}` stands for the row.
pub struct Check {
    sql: &'static str,
    /// What is broken.
    pub sentence: &'static str,
}

/// A person's texts and the forms they are compared by.
#[derive(Debug, sqlx::FromRow)]
pub struct Keys {
    /// Who.
    pub id: UserId,
    /// The address.
    pub login: String,
    /// Its key.
    pub login_key: String,
    /// The userName.
    pub user_name: Option<String>,
    /// Its folded form.
    pub user_name_key: Option<String>,
    /// What the console calls them.
    pub label: String,
    /// Its folded form.
    pub label_key: String,
    /// What was asserted, as JSON.
    pub attributes: String,
}

/// A leaf of what was asserted about a person.
#[derive(Debug, sqlx::FromRow)]
pub struct KeptLeaf {
    /// Whose.
    pub user_id: UserId,
    /// The attribute.
    pub attribute: String,
    /// Which of several.
    pub item: i64,
    /// The sub-attribute, or empty.
    pub part: String,
    /// The text.
    pub text: Option<String>,
    /// Its folded form.
    pub folded: Option<String>,
    /// The flag.
    pub flag: Option<bool>,
}

/// Every check that one query can make.
pub const CHECKS: &[Check] = &[
    Check {
        sql: "SELECT login_key FROM users GROUP BY login_key HAVING count(*) > 1",
        sentence: "More than one person signs in as {}.",
    },
    Check {
        sql: "SELECT user_name_key FROM users WHERE user_name_key IS NOT NULL GROUP BY user_name_key HAVING count(*) > 1",
        sentence: "More than one person has the userName {}.",
    },
    Check {
        sql: "SELECT external_id FROM users WHERE external_id IS NOT NULL GROUP BY node_id, external_id HAVING count(*) > 1",
        sentence: "More than one person of a node has the externalId {}.",
    },
    Check {
        sql: "SELECT external_id FROM teams WHERE external_id IS NOT NULL AND recycled_at IS NULL
              GROUP BY node_id, external_id HAVING count(*) > 1",
        sentence: "More than one team of a node has the externalId {}.",
    },
    Check {
        sql: "SELECT t.name FROM teams t JOIN connections c ON c.node_id = t.node_id
              WHERE c.unique_team_names AND c.removed_at IS NULL AND t.recycled_at IS NULL GROUP BY t.node_id, t.name_key, t.name
              HAVING (SELECT count(*) FROM teams o WHERE o.node_id = t.node_id AND o.name_key = t.name_key AND o.recycled_at IS NULL) > 1",
        sentence: "The team name {} is borne twice on a node whose team names are unique.",
    },
    Check {
        sql: "SELECT u.id FROM users u LEFT JOIN nodes n ON n.id = u.node_id WHERE n.id IS NULL",
        sentence: "The person {} belongs to a node that is not there.",
    },
    Check {
        sql: "SELECT t.id FROM teams t LEFT JOIN nodes n ON n.id = t.node_id WHERE n.id IS NULL",
        sentence: "The team {} belongs to a node that is not there.",
    },
    Check {
        sql: "SELECT t.id FROM tokens t LEFT JOIN connections c ON c.id = t.connection_id LEFT JOIN nodes n ON n.id = c.node_id
              WHERE n.id IS NULL",
        sentence: "The token {} belongs to no connection of a node.",
    },
    Check {
        sql: "SELECT c.id FROM connections c JOIN nodes n ON n.id = c.node_id WHERE n.parent_id IS NULL",
        sentence: "The connection {} is on the node at the top.",
    },
    Check {
        sql: "SELECT m.id FROM sign_in_methods m JOIN nodes n ON n.id = m.node_id WHERE n.parent_id IS NULL
              UNION ALL SELECT id FROM sign_in_methods WHERE state <> 'draft' AND (verified_at IS NULL OR issuer = '')",
        sentence: "The sign-in method {} is on the node at the top, or is in use and was never verified.",
    },
    Check {
        sql: "SELECT name FROM domains WHERE (state = 'verified') <> (verified_at IS NOT NULL)",
        sentence: "The domain {} is verified without an instant, or the other way round.",
    },
    Check {
        sql: "SELECT m.team_id || ' of ' || m.user_id FROM memberships m
              JOIN teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id WHERE t.node_id <> u.node_id",
        sentence: "The membership in {} joins two nodes.",
    },
    Check {
        sql: "SELECT team_id || ' of ' || user_id FROM memberships WHERE (state = 'pending') <> (decided_at IS NULL)",
        sentence: "The membership in {} is decided without an instant, or pending with one.",
    },
    Check {
        sql: "SELECT id FROM teams WHERE (state = 'pending') <> (decided_at IS NULL)",
        sentence: "The team {} is decided without an instant, or pending with one.",
    },
    Check {
        sql: "SELECT id FROM users WHERE hidden_from_connection AND NOT (linked AND locked_by_idp)",
        sentence: "The person {} is hidden from a connection that did not delete them.",
    },
    Check {
        sql: concat!(
            "SELECT id FROM users WHERE consent <> 'accepted' AND (consent = 'not_accepted') <> ",
            is_asked!()
        ),
        sentence: "The person {} must consent although no role asks, or need not although one does.",
    },
    Check {
        sql: "SELECT id FROM users WHERE (consent = 'accepted') <> (consented_at IS NOT NULL)
                OR (consent_expires_at IS NOT NULL)
                   <> (consent = 'not_accepted' AND state = 'active'
                       AND id NOT IN (SELECT user_id FROM role_users WHERE role_id = 'administrator'))",
        sentence: "The person {} has consented without an instant, or has no end of their time, or one too many.",
    },
    Check {
        sql: "SELECT s.id_hash FROM sessions s JOIN users u ON u.id = s.user_id
              WHERE s.epoch > u.session_epoch
                 OR (s.epoch = u.session_epoch
                     AND (u.state <> 'active' OR u.locked_by_admin OR u.locked_by_idp OR u.recycled_at IS NOT NULL))",
        sentence: "The session {} would be good for a person who may not sign in.",
    },
    Check {
        sql: "SELECT connection_id FROM tokens WHERE state = 'active' GROUP BY connection_id HAVING count(*) > 2
              UNION ALL SELECT connection_id FROM tokens WHERE state = 'draft' GROUP BY connection_id HAVING count(*) > 1",
        sentence: "The connection {} has more than two active tokens, or more than one that was not saved.",
    },
    Check {
        sql: "SELECT l.id FROM losses l JOIN storms s ON s.id = l.storm_id
              WHERE s.connection_id <> l.connection_id OR (l.outcome IS NULL) = (s.state = 'undone')",
        sentence: "The loss {} is of another connection than its storm, or is decided about while the storm is not.",
    },
    Check {
        sql: "SELECT g.connection_id FROM guards g JOIN storms s ON s.id = g.storm_id
              WHERE s.connection_id <> g.connection_id OR s.state = 'undone'
              UNION ALL SELECT g.connection_id FROM guards g WHERE g.holds AND g.storm_id IS NULL
              UNION ALL SELECT s.connection_id FROM storms s WHERE s.state = 'open' GROUP BY s.connection_id, s.opened_at HAVING count(*) > 1",
        sentence: "The guard of the connection {} gathers what was lost in a storm that is over, or in two at once.",
    },
    Check {
        sql: "SELECT l.id FROM losses l JOIN connections c ON c.id = l.connection_id LEFT JOIN users u ON u.id = l.user_id
              LEFT JOIN teams t ON t.id = l.team_id WHERE coalesce(u.node_id, c.node_id) <> c.node_id
                 OR coalesce(t.node_id, c.node_id) <> c.node_id",
        sentence: "The loss {} is of another node than its connection.",
    },
    Check {
        sql: "SELECT id FROM connections WHERE (removed_at IS NULL) <> (removed_by IS NULL) OR (removed_at IS NULL) <> (fate IS NULL)
              UNION ALL SELECT b.connection_id FROM left_behind b JOIN connections c ON c.id = b.connection_id
                        WHERE c.removed_at IS NULL OR c.fate = 'keep'",
        sentence: "The connection {} is neither removed nor there.",
    },
    Check {
        sql: "SELECT u.id FROM users u WHERE u.linked AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.node_id = u.node_id)",
        sentence: "The person {} is kept by a connection that nobody knows of.",
    },
    Check {
        sql: "SELECT rt.team_id FROM role_teams rt JOIN roles r ON r.id = rt.role_id
              WHERE r.kind = 'administrative' OR EXISTS (SELECT 1 FROM role_privileges rp WHERE rp.role_id = r.id)",
        sentence: "The team {} is mapped to a role with administrative power.",
    },
    Check {
        sql: "SELECT role_id FROM role_users WHERE role_id = 'administrator'
                AND NOT EXISTS (SELECT 1 FROM role_users h JOIN users u ON u.id = h.user_id
                                WHERE h.role_id = 'administrator' AND u.state = 'active' AND NOT u.locked_by_admin
                                  AND NOT u.locked_by_idp AND u.recycled_at IS NULL)",
        sentence: "Nobody who holds the role {} may sign in.",
    },
    Check {
        sql: "SELECT user_id || ' ' || kind FROM outbox GROUP BY user_id, generation, kind, transition HAVING count(*) > 1",
        sentence: "The same mail stands twice in the outbox: {}.",
    },
    Check {
        sql: "SELECT o.id FROM outbox o JOIN users u ON u.id = o.user_id
              WHERE o.kind = 'invitation' AND o.sent_at IS NULL AND o.withdrawn_at IS NULL
                AND (u.state <> 'invited' OR u.locked_by_admin OR u.locked_by_idp OR u.recycled_at IS NOT NULL)",
        sentence: "The invitation {} waits for somebody who cannot accept it.",
    },
    Check {
        sql: "SELECT i.id FROM invitations i JOIN outbox o ON o.id = i.id JOIN users u ON u.id = i.user_id
              WHERE i.state = 'open' AND o.withdrawn_at IS NULL
                AND (u.locked_by_admin OR u.locked_by_idp OR u.recycled_at IS NOT NULL
                     OR u.generation <> i.generation OR u.login_key <> i.login_key)",
        sentence: "The invitation {} is open for somebody who is locked, or for an address or a turn of theirs that is over.",
    },
    Check {
        sql: "SELECT o.id FROM outbox o LEFT JOIN invitations i ON i.id = o.id
              WHERE o.kind = 'invitation' AND o.sent_at IS NULL AND o.withdrawn_at IS NULL AND (i.id IS NULL OR i.state <> 'open')",
        sentence: "The mail {} invites somebody to nothing.",
    },
    Check {
        sql: "SELECT id FROM outbox WHERE failed_at IS NOT NULL AND (sent_at IS NOT NULL OR trouble IS NULL)",
        sentence: "The mail {} was given up although it left, or nobody says why.",
    },
    Check {
        sql: "SELECT 'the person ' || id FROM users WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.target_id = users.id)
              UNION ALL SELECT 'the team ' || id FROM teams WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.target_id = teams.id)
              UNION ALL SELECT 'the connection ' || id FROM connections
                        WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.target_id = connections.id)
              UNION ALL SELECT 'the node ' || CAST(id AS TEXT) FROM nodes
                        WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.target_kind = 'node' AND e.target_id = CAST(nodes.id AS TEXT))",
        sentence: "No event tells of {}.",
    },
    Check {
        sql: "SELECT CAST(s.position AS TEXT) FROM seals s WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.id = s.event_id)
              UNION ALL SELECT CAST(max(position) AS TEXT) FROM seals HAVING count(*) <> max(position)",
        sentence: "The chain of the events is broken at the seal {} or before it.",
    },
    Check {
        sql: "SELECT user_id FROM erasures WHERE user_id IN (SELECT id FROM users)",
        sentence: "The person {} was erased, and is there.",
    },
    Check {
        sql: "WITH RECURSIVE tree (id) AS (
                  SELECT id FROM nodes WHERE parent_id IS NULL
                  UNION
                  SELECT n.id FROM nodes n JOIN tree ON n.parent_id = tree.id
              )
              SELECT CAST(id AS TEXT) FROM nodes WHERE id NOT IN (SELECT id FROM tree)",
        sentence: "The node {} does not hang below the node at the top.",
    },
    Check {
        sql: "SELECT r.id FROM requests r JOIN tokens t ON t.id = r.token_id WHERE t.connection_id <> r.connection_id",
        sentence: "The request {} stands in the log of another connection than its token's.",
    },
    Check {
        sql: "SELECT id FROM requests WHERE status >= 400 AND cause IS NULL",
        sentence: "The request {} was refused, and the log does not say why.",
    },
    Check {
        sql: "SELECT id FROM requests WHERE status >= 400 AND changed > 0",
        sentence: "The refused request {} changed something.",
    },
    Check {
        sql: "SELECT id FROM requests WHERE status = 401 AND token_id IS NOT NULL
                AND cause NOT IN ('not_saved', 'new_token_not_saved', 'expired', 'revoked')",
        sentence: "The request {} came with a good token, and was refused as if it had not.",
    },
    Check {
        sql: "SELECT id FROM requests WHERE changed > 0 AND id NOT IN (SELECT act FROM events)",
        sentence: "The request {} changed something, and no event tells of it.",
    },
];

/// The rows that break a check, 20 at the most.
pub async fn broken(tx: &mut Tx, check: &Check) -> Result<Vec<(String,)>> {
    let mut rows = tx.all::<(String,)>(check.sql, []).await?;
    rows.truncate(20);
    Ok(rows)
}

/// Rows that refer to something that is not there; only SQLite can have any.
pub async fn orphans(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    if tx.is_postgres() {
        return Ok(Vec::new());
    }
    tx.all(
        "SELECT \"table\", \"parent\" FROM pragma_foreign_key_check LIMIT 20",
        [],
    )
    .await
}

/// The people after one, by id, with the texts they are compared by.
pub async fn keys_after(tx: &mut Tx, id: &str, limit: i64) -> Result<Vec<Keys>> {
    tx.all(
        "SELECT id, login, login_key, user_name, user_name_key, label, label_key, attributes
         FROM users WHERE id > $1 ORDER BY id LIMIT $2",
        [id.into(), limit.into()],
    )
    .await
}

/// The leaves of the people after one, up to another.
pub async fn leaves_between(tx: &mut Tx, after: &str, last: &str) -> Result<Vec<KeptLeaf>> {
    tx.all(
        "SELECT user_id, attribute, item, part, text, folded, flag FROM user_values
         WHERE user_id > $1 AND user_id <= $2 ORDER BY user_id",
        [after.into(), last.into()],
    )
    .await
}

/// What is kept of every token.
pub async fn digests(tx: &mut Tx) -> Result<Vec<(TokenId, String)>> {
    tx.all("SELECT id, digest FROM tokens", []).await
}
