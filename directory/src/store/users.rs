//! People, as provisioning and signing in see them.

use super::consents;
use super::db::{Arg, Tx};
use super::holders::{self, Asks};
use super::search::{self, Table};
use crate::address::Address;
use crate::error::Result;
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::query::Slice;
use crate::model::timestamp::Timestamp;
use crate::model::user::{AttributeValue, CreatedVia, Leaf, Profile, User, UserState};
use crate::text::fold;

/// The columns of a [`User`], of the table called `u`.
macro_rules! columns {
    () => {
        "u.id, u.node_id, u.login, u.user_name, u.external_id, u.display_name, u.given_name, u.family_name, u.label, \
         u.state, u.locked_by_admin, u.locked_by_idp, u.locked_by, u.hidden_from_connection, u.linked, u.recycled_at, \
         u.generation, u.session_epoch, u.version, u.attributes, u.created_via, u.created_at, u.updated_at, \
         u.last_sign_in_at, u.password_received_at, u.consent, u.consent_expires_at, u.consented_at, \
         u.onboarding"
    };
}

/// Somebody new.
pub struct NewUser<'a> {
    /// Where they belong.
    pub node: NodeId,
    /// What they sign in with.
    pub address: &'a Address,
    /// What is known of them.
    pub profile: &'a Profile,
    /// Whether they have come in already.
    pub state: UserState,
    /// How they came to be here; `Scim` links them.
    pub via: CreatedVia,
    /// The name of who locks them at once, if anybody.
    pub locked_by_idp: Option<&'a str>,
}

/// Adds somebody, with the roles that new people of their node hold. A taken address, userName or externalId is a conflict of the database.
pub async fn insert(tx: &mut Tx, new: NewUser<'_>) -> Result<UserId> {
    let id = UserId(tx.new_id());
    let NewUser {
        node,
        address,
        profile,
        state,
        via,
        locked_by_idp,
    } = new;
    let label = profile.label(&address.text);
    tx.run(
        "INSERT INTO users (id, node_id, login, login_key, user_name, user_name_key, external_id, display_name, given_name,
            family_name, label, label_key, state, locked_by_idp, locked_by, linked, attributes, created_via, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)",
        [
            Arg::from(&id),
            node.into(),
            (&address.text).into(),
            (&address.key).into(),
            (&profile.user_name).into(),
            fold(&profile.user_name).into(),
            (&profile.external_id).into(),
            (&profile.display_name).into(),
            (&profile.given_name).into(),
            (&profile.family_name).into(),
            (&label).into(),
            fold(&label).into(),
            state.as_str().into(),
            locked_by_idp.is_some().into(),
            locked_by_idp.into(),
            (via == CreatedVia::Scim).into(),
            (&profile.attributes).into(),
            via.as_str().into(),
            tx.now().into(),
        ],
    )
    .await?;
    insert_values(tx, &id, &profile.values).await?;
    if holders::give_to_new(tx, &id, node).await? == Asks::Consent {
        consents::settle(tx, std::slice::from_ref(&id)).await?;
    }
    Ok(id)
}

/// Writes what an identity provider asserts over what was there. The lock and the address are other functions.
pub async fn update_profile(
    tx: &mut Tx,
    id: &UserId,
    profile: &Profile,
    label: &str,
) -> Result<()> {
    tx.run(
        "UPDATE users SET user_name = $2, user_name_key = $3, external_id = $4, display_name = $5, given_name = $6,
            family_name = $7, label = $8, label_key = $9, attributes = $10 WHERE id = $1",
        [
            Arg::from(id),
            (&profile.user_name).into(),
            fold(&profile.user_name).into(),
            (&profile.external_id).into(),
            (&profile.display_name).into(),
            (&profile.given_name).into(),
            (&profile.family_name).into(),
            label.into(),
            fold(label).into(),
            (&profile.attributes).into(),
        ],
    )
    .await?;
    tx.run("DELETE FROM user_values WHERE user_id = $1", [id.into()])
        .await?;
    insert_values(tx, id, &profile.values).await
}

async fn insert_values(tx: &mut Tx, id: &UserId, values: &[AttributeValue]) -> Result<()> {
    let rows = values.iter().map(|value| value_row(id, value)).collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO user_values (user_id, attribute, item, part, text, folded, flag, instant) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

fn value_row(id: &UserId, value: &AttributeValue) -> Vec<Arg> {
    let (text, folded, flag, instant) = match &value.value {
        Leaf::Text(text) => (Some(text.clone()), indexed(text), None, None),
        Leaf::Flag(flag) => (None, None, Some(*flag), None),
        Leaf::Instant(instant) => (None, None, None, Some(*instant)),
    };
    vec![
        id.into(),
        (&value.attribute).into(),
        value.item.into(),
        (&value.part).into(),
        text.into(),
        folded.into(),
        flag.into(),
        instant.into(),
    ]
}

/// The folded form of a text, where it fits the index. Longer ones are pictures and certificates, which are
/// compared exactly.
fn indexed(text: &str) -> Option<String> {
    Some(fold(text)).filter(|folded| folded.len() <= 2_048)
}

/// Gives somebody another sign-in address. Their sessions end.
pub async fn update_login(tx: &mut Tx, id: &UserId, address: &Address) -> Result<()> {
    tx.run(
        "UPDATE users SET login = $2, login_key = $3 WHERE id = $1",
        [id.into(), (&address.text).into(), (&address.key).into()],
    )
    .await?;
    end_sessions(tx, id).await
}

/// Sets or clears the identity provider's lock; whether it changed. Setting it ends their sessions.
pub async fn set_idp_lock(tx: &mut Tx, id: &UserId, locked_by: Option<&str>) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE users SET locked_by_idp = $2, locked_by = CASE WHEN $2 OR NOT locked_by_admin THEN $3 ELSE locked_by END
             WHERE id = $1 AND locked_by_idp <> $2",
            [id.into(), locked_by.is_some().into(), locked_by.into()],
        )
        .await?
        > 0;
    if changed && locked_by.is_some() {
        end_sessions(tx, id).await?;
    }
    Ok(changed)
}

/// Makes every session of somebody void (SES-3).
pub async fn end_sessions(tx: &mut Tx, id: &UserId) -> Result<()> {
    tx.run(
        "UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1",
        [id.into()],
    )
    .await?;
    tx.run("DELETE FROM sessions WHERE user_id = $1", [id.into()])
        .await?;
    Ok(())
}

/// Counts a change: the version grows, and the instant is noted.
pub async fn touch(tx: &mut Tx, id: &UserId) -> Result<()> {
    tx.run(
        "UPDATE users SET version = version + 1, updated_at = $2 WHERE id = $1",
        [id.into(), tx.now().into()],
    )
    .await?;
    Ok(())
}

/// Takes an identity provider's id from whoever it deleted here, so that it can give it to somebody else. They are found
/// again by their names.
pub async fn free_external_id(tx: &mut Tx, node: NodeId, id: Option<&str>) -> Result<()> {
    if id.is_some() {
        tx.run(
            "UPDATE users SET external_id = NULL WHERE node_id = $1 AND external_id = $2 AND hidden_from_connection",
            [node.into(), id.into()],
        )
        .await?;
    }
    Ok(())
}

/// Makes them kept by the connection; whether they were not before.
pub async fn link(tx: &mut Tx, id: &UserId) -> Result<bool> {
    Ok(tx
        .run(
            "UPDATE users SET linked = TRUE WHERE id = $1 AND NOT linked",
            [id.into()],
        )
        .await?
        > 0)
}

/// Hides them from their connection; whether they were not hidden before.
pub async fn hide(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let changed = tx
        .run("UPDATE users SET hidden_from_connection = TRUE WHERE id = $1 AND NOT hidden_from_connection", [id.into()])
        .await?;
    Ok(changed > 0)
}

/// Shows them to their connection again, as the next generation; whether they were hidden before.
pub async fn unhide(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE users SET hidden_from_connection = FALSE, generation = generation + 1
             WHERE id = $1 AND hidden_from_connection AND recycled_at IS NULL",
            [id.into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Somebody, wherever they are.
pub async fn find(tx: &mut Tx, id: &UserId) -> Result<Option<User>> {
    tx.first(
        concat!("SELECT ", columns!(), " FROM users u WHERE u.id = $1"),
        [id.into()],
    )
    .await
}

/// Somebody a connection may see.
pub async fn find_visible(tx: &mut Tx, node: NodeId, id: &UserId) -> Result<Option<User>> {
    tx.first(
        concat!(
            "SELECT ",
            columns!(),
            " FROM users u WHERE u.id = $1 AND u.node_id = $2 AND NOT u.hidden_from_connection AND u.recycled_at IS NULL"
        ),
        [id.into(), node.into()],
    )
    .await
}

/// As [`find_visible`], and nobody else changes them before this unit ends.
pub async fn hold_visible(tx: &mut Tx, node: NodeId, id: &UserId) -> Result<Option<User>> {
    // The portable row lock: an UPDATE that changes nothing.
    tx.run(
        "UPDATE users SET version = version WHERE id = $1 AND node_id = $2",
        [id.into(), node.into()],
    )
    .await?;
    find_visible(tx, node, id).await
}

/// Whoever has this address or this userName, wherever they are.
pub async fn find_by_names(tx: &mut Tx, address: &Address, user_name: &str) -> Result<Vec<User>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM users u WHERE u.login_key = $1 OR u.user_name_key = $2 ORDER BY u.id"
        ),
        [(&address.key).into(), fold(user_name).into()],
    )
    .await
}

/// The ids among these that a connection may see.
pub async fn visible_ids(tx: &mut Tx, node: NodeId, ids: &[UserId]) -> Result<Vec<UserId>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(search::CHUNK) {
        let rows = search::among::<(UserId,), _>(
            tx,
            "SELECT id FROM users WHERE node_id = $1 AND NOT hidden_from_connection AND recycled_at IS NULL AND id IN",
            "",
            vec![node.into()],
            chunk,
        )
        .await?;
        found.extend(rows.into_iter().map(|row| row.0));
    }
    Ok(found)
}

/// What the console calls these people.
pub async fn labels(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<(UserId, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(search::CHUNK) {
        found.extend(
            search::among(
                tx,
                "SELECT id, label FROM users WHERE id IN",
                "",
                vec![],
                chunk,
            )
            .await?,
        );
    }
    Ok(found)
}

/// A slice of the people a connection may see, and how many match.
pub async fn slice(tx: &mut Tx, node: NodeId, slice: &Slice) -> Result<(Vec<User>, i64)> {
    search::slice(tx, Table::Users, columns!(), node, slice).await
}

/// Those of these people that a connection may see.
pub async fn visible(tx: &mut Tx, node: NodeId, ids: &[UserId]) -> Result<Vec<User>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(search::CHUNK) {
        let head = concat!(
            "SELECT ",
            columns!(),
            " FROM users u WHERE u.node_id = $1 AND NOT u.hidden_from_connection AND u.recycled_at IS NULL AND u.id IN"
        );
        found.extend(search::among(tx, head, "", vec![node.into()], chunk).await?);
    }
    Ok(found)
}

/// Those of these people who are there, wherever they are, in the order of their ids.
pub async fn among(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<User>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(search::CHUNK) {
        let head = concat!("SELECT ", columns!(), " FROM users u WHERE u.id IN");
        found.extend(search::among(tx, head, "ORDER BY u.id", vec![], chunk).await?);
    }
    Ok(found)
}

/// Which of these folded names somebody has, as an address or as a userName.
pub async fn taken(tx: &mut Tx, keys: &[String]) -> Result<Vec<(String,)>> {
    let mut found = Vec::new();
    for chunk in keys.chunks(search::CHUNK) {
        for head in [
            "SELECT login_key FROM users WHERE login_key IN",
            "SELECT user_name_key FROM users WHERE user_name_key IN",
        ] {
            found.extend(search::among(tx, head, "", vec![], chunk).await?);
        }
    }
    Ok(found)
}

/// The ids of those who hold the built-in role Administrator and may sign in.
pub async fn administrators(tx: &mut Tx) -> Result<Vec<(UserId,)>> {
    tx.all(
        "SELECT u.id FROM role_users h JOIN users u ON u.id = h.user_id
         WHERE h.role_id = 'administrator' AND u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
           AND u.recycled_at IS NULL",
        [],
    )
    .await
}

/// The teams of these people as SCIM shows them (pending or not): user, team, name.
pub async fn teams_of(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<(UserId, TeamId, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(search::CHUNK) {
        found.extend(
            search::among(
                tx,
                "SELECT m.user_id, t.id, t.name FROM memberships m JOIN teams t ON t.id = m.team_id
                 WHERE t.recycled_at IS NULL AND m.user_id IN",
                "ORDER BY m.user_id, t.id",
                vec![],
                chunk,
            )
            .await?,
        );
    }
    Ok(found)
}

/// Whether somebody holds any administrative role.
pub async fn is_administrator(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let roles = tx
        .number(
            "SELECT count(*) FROM role_users h JOIN roles r ON r.id = h.role_id WHERE h.user_id = $1 AND r.kind = 'administrative'",
            [id.into()],
        )
        .await?;
    Ok(roles > 0)
}

/// Whether somebody is the only one who holds the built-in role Administrator and may sign in.
/// Nobody else's answer changes before this unit ends.
pub async fn is_last_administrator(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let holds = "SELECT count(*) FROM role_users WHERE role_id = 'administrator' AND user_id = $1";
    if tx.number(holds, [id.into()]).await? == 0 {
        // Almost everybody: nobody has to wait for anybody.
        return Ok(false);
    }
    tx.run(
        "UPDATE roles SET name = name WHERE id = 'administrator'",
        [],
    )
    .await?;
    let held = "SELECT count(*) FROM role_users h JOIN users u ON u.id = h.user_id
         WHERE h.role_id = 'administrator' AND u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
           AND u.recycled_at IS NULL AND (u.id = $1) = $2";
    let is_one = tx.number(held, [id.into(), true.into()]).await? > 0;
    Ok(is_one && tx.number(held, [id.into(), false.into()]).await? == 0)
}

/// When somebody signed in: notes it, and makes an invited person active; whether they were invited before.
pub async fn sign_in(tx: &mut Tx, id: &UserId, at: Timestamp) -> Result<bool> {
    let activated = tx
        .run(
            "UPDATE users SET state = 'active', onboarding = 'under_way', version = version + 1, updated_at = $2 WHERE id = $1 AND state = 'invited'",
            [id.into(), at.into()],
        )
        .await?;
    tx.run(
        "UPDATE users SET last_sign_in_at = $2 WHERE id = $1",
        [id.into(), at.into()],
    )
    .await?;
    // From the first sign-in on the days count.
    consents::settle(tx, std::slice::from_ref(id)).await?;
    Ok(activated > 0)
}
