//! Sign-in methods: the providers of nodes.

use super::db::{Arg, Tx};
use crate::error::Result;
use crate::model::id::{MethodId, NodeId, UserId};
use crate::model::role::Privilege;
use crate::model::sign_in_method::{
    Algorithm, Method, MethodInList, MethodState, TestResult, USUAL_SCOPES,
};

/// The columns of a [`Method`].
macro_rules! columns {
    () => {
        "id, node_id, name, word, issuer, client_id, client_secret IS NOT NULL AS has_secret, scopes, algorithms, \
         just_in_time, below, trusts_addresses, state, revision, created_at, verified_at, verified_as, tested_at, \
         test_result, test_detail"
    };
}

/// What is kept of a method that an administrator chooses.
pub struct Chosen<'a> {
    /// What the console calls it.
    pub name: &'a str,
    /// What people may type instead of their address.
    pub word: Option<&'a str>,
    /// The provider.
    pub issuer: &'a str,
    /// What it calls us.
    pub client_id: &'a str,
    /// The sealed secret; none keeps the one that is there.
    pub client_secret: Option<&'a str>,
    /// With a space between.
    pub scopes: &'a str,
    /// With a space between.
    pub algorithms: &'a str,
    /// Whoever is unknown is created.
    pub just_in_time: bool,
    /// Also the nodes beneath.
    pub below: bool,
    /// An address counts as verified where the provider does not say.
    pub trusts_addresses: bool,
}

impl Chosen<'_> {
    fn args(&self) -> [Arg; 10] {
        [
            self.name.into(),
            self.word.into(),
            self.issuer.into(),
            self.client_id.into(),
            self.client_secret.into(),
            self.scopes.into(),
            self.algorithms.into(),
            self.just_in_time.into(),
            self.below.into(),
            self.trusts_addresses.into(),
        ]
    }
}

/// The method of a node.
pub async fn of_node(tx: &mut Tx, node: NodeId) -> Result<Option<Method>> {
    tx.first(
        concat!(
            "SELECT ",
            columns!(),
            " FROM sign_in_methods WHERE node_id = $1"
        ),
        [node.into()],
    )
    .await
}

/// As [`of_node`], and nobody else changes it before this unit ends.
pub async fn hold(tx: &mut Tx, node: NodeId) -> Result<Option<Method>> {
    tx.first(
        concat!(
            "UPDATE sign_in_methods SET name = name WHERE node_id = $1 RETURNING ",
            columns!()
        ),
        [node.into()],
    )
    .await
}

/// A method.
pub async fn find(tx: &mut Tx, id: &MethodId) -> Result<Option<Method>> {
    tx.first(
        concat!("SELECT ", columns!(), " FROM sign_in_methods WHERE id = $1"),
        [id.into()],
    )
    .await
}

/// The sealed secret of a method.
pub async fn secret(tx: &mut Tx, id: &MethodId) -> Result<Option<String>> {
    let sql = "SELECT client_secret FROM sign_in_methods WHERE id = $1";
    let row = tx.first::<(Option<String>,)>(sql, [id.into()]).await?;
    Ok(row.and_then(|row| row.0))
}

/// The method that is on and bears this word.
pub async fn of_word(tx: &mut Tx, word: &str) -> Result<Option<MethodId>> {
    let sql = "SELECT id FROM sign_in_methods WHERE word = $1 AND state = 'on'";
    let row = tx.first::<(MethodId,)>(sql, [word.into()]).await?;
    Ok(row.map(|row| row.0))
}

/// Whether any method is on.
pub async fn is_any_on(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM sign_in_methods WHERE state = 'on' LIMIT 1) o";
    Ok(tx.number(sql, []).await? > 0)
}

/// The methods at the nodes where a person has a privilege, by the name of the node.
pub async fn list(tx: &mut Tx, admin: &UserId, privilege: Privilege) -> Result<Vec<MethodInList>> {
    tx.all(
        "WITH RECURSIVE seen (id, cascades) AS (
             SELECT rp.node_id, rp.cascades FROM role_users ru JOIN role_privileges rp ON rp.role_id = ru.role_id
             WHERE ru.user_id = $1 AND rp.privilege = $2
             UNION
             SELECT n.id, TRUE FROM nodes n JOIN seen ON n.parent_id = seen.id WHERE seen.cascades
         )
         SELECT m.id, m.node_id, n.name AS node_name, m.name, m.state
         FROM sign_in_methods m JOIN nodes n ON n.id = m.node_id
         WHERE m.node_id IN (SELECT id FROM seen) ORDER BY n.name, m.node_id",
        [admin.into(), privilege.as_str().into()],
    )
    .await
}

/// The method that the people of a node sign in with: its own, or the nearest above that reaches down to it.
/// Drafts are nobody's method yet.
pub async fn for_node(tx: &mut Tx, node: NodeId) -> Result<Option<Method>> {
    let nearest = tx
        .first::<Method>(
            concat!(
                "WITH RECURSIVE up (place, parent, steps) AS (
                     SELECT n.id, n.parent_id, 0 FROM nodes n WHERE n.id = $1
                     UNION ALL
                     SELECT n.id, n.parent_id, up.steps + 1 FROM nodes n JOIN up ON n.id = up.parent
                 )
                 SELECT ",
                columns!(),
                " FROM sign_in_methods JOIN up ON place = node_id
                  WHERE state IN ('on', 'off') ORDER BY steps LIMIT 1"
            ),
            [node.into()],
        )
        .await?;
    Ok(nearest.filter(|method| method.node_id == node || method.below))
}

/// Adds a draft that names no provider yet, unless the node has a method; whether it did.
pub async fn insert_draft(
    tx: &mut Tx,
    id: &MethodId,
    node: NodeId,
    name: &str,
    by: &str,
) -> Result<bool> {
    let now = tx.now();
    let algorithms = Algorithm::ALL.iter().map(|one| one.as_str());
    let added = tx
        .run(
            "INSERT INTO sign_in_methods (id, node_id, name, issuer, client_id, scopes, algorithms, just_in_time, below,
                 trusts_addresses, state, created_at, created_by)
             VALUES ($1, $2, $3, '', '', $4, $5, TRUE, FALSE, FALSE, 'draft', $6, $7) ON CONFLICT (node_id) DO NOTHING",
            [
                id.into(),
                node.into(),
                name.into(),
                USUAL_SCOPES.into(),
                algorithms.collect::<Vec<_>>().join(" ").into(),
                now.into(),
                by.into(),
            ],
        )
        .await?;
    Ok(added > 0)
}

/// Writes what was chosen, in this state; whether that changed anything. A taken word is a conflict of the database.
pub async fn update(
    tx: &mut Tx,
    id: &MethodId,
    chosen: &Chosen<'_>,
    state: MethodState,
) -> Result<bool> {
    let mut args = chosen.args().to_vec();
    args.extend([id.into(), state.as_str().into()]);
    let changed = tx
        .run(
            "UPDATE sign_in_methods SET name = $1, word = $2, issuer = $3, client_id = $4, client_secret = coalesce($5, client_secret),
                 scopes = $6, algorithms = $7, just_in_time = $8, below = $9, trusts_addresses = $10, state = $12, revision = revision + 1
             WHERE id = $11 AND ($5 IS NOT NULL OR name <> $1 OR coalesce(word, '') <> coalesce($2, '') OR issuer <> $3 OR client_id <> $4
                 OR scopes <> $6 OR algorithms <> $7 OR just_in_time <> $8 OR below <> $9 OR trusts_addresses <> $10)",
            args,
        )
        .await?;
    Ok(changed > 0)
}

/// Makes a draft of this revision verified; whether it was one.
pub async fn verify(tx: &mut Tx, id: &MethodId, revision: i64, as_whom: &str) -> Result<bool> {
    let now = tx.now();
    let verified = tx
        .run(
            "UPDATE sign_in_methods SET state = 'verified', verified_at = $3, verified_as = $4
             WHERE id = $1 AND revision = $2 AND state = 'draft'",
            [id.into(), revision.into(), now.into(), as_whom.into()],
        )
        .await?;
    Ok(verified > 0)
}

/// Moves a method from one of two states to another; whether it was in one of them.
pub async fn switch(
    tx: &mut Tx,
    id: &MethodId,
    from: [MethodState; 2],
    to: MethodState,
) -> Result<bool> {
    let switched = tx
        .run(
            "UPDATE sign_in_methods SET state = $4, revision = revision + 1 WHERE id = $1 AND state IN ($2, $3)",
            [
                id.into(),
                from[0].as_str().into(),
                from[1].as_str().into(),
                to.as_str().into(),
            ],
        )
        .await?;
    Ok(switched > 0)
}

/// Notes what a test of this revision found.
pub async fn tested(
    tx: &mut Tx,
    id: &MethodId,
    revision: i64,
    result: TestResult,
    detail: &str,
) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE sign_in_methods SET tested_at = $3, test_result = $4, test_detail = $5 WHERE id = $1 AND revision = $2",
        [
            id.into(),
            revision.into(),
            now.into(),
            result.as_str().into(),
            detail.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Removes a method.
pub async fn remove(tx: &mut Tx, id: &MethodId) -> Result<()> {
    tx.run("DELETE FROM sign_in_methods WHERE id = $1", [id.into()])
        .await?;
    Ok(())
}
