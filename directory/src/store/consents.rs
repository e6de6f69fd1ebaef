//! Who must consent, as their roles ask, and what became of it.

use super::db::Tx;
use super::search;
use crate::error::Result;
use crate::model::consent::TIME;
use crate::model::id::{TeamId, UserId};
use crate::model::timestamp::Timestamp;

/// Whether a role of a person asks, their own or one of their teams'. For each person by itself: most hold few roles.
macro_rules! is_asked {
    () => {
        "(EXISTS (SELECT 1 FROM role_users ru JOIN role_policies p ON p.role_id = ru.role_id
                  WHERE ru.user_id = users.id AND p.policy = 'transfer_consent')
          OR EXISTS (SELECT 1 FROM memberships m JOIN teams t ON t.id = m.team_id JOIN role_teams rt ON rt.team_id = t.id
                     JOIN role_policies p ON p.role_id = rt.role_id
                     WHERE m.user_id = users.id AND m.state = 'approved' AND t.state = 'approved'
                       AND t.recycled_at IS NULL AND p.policy = 'transfer_consent'))"
    };
}
pub(super) use is_asked;

/// Makes people what their roles ask now, those who are not yet. The days count from here for whoever has come in, unless they hold the role
/// Administrator: nobody could give more time to the last of these.
macro_rules! settle {
    () => {
        concat!(
            "UPDATE users SET consent = CASE WHEN ",
            is_asked!(),
            " THEN 'not_accepted' ELSE 'undefined' END,
                consent_expires_at = CASE WHEN ",
            is_asked!(),
            " AND state = 'active'
                    AND NOT EXISTS (SELECT 1 FROM role_users a WHERE a.role_id = 'administrator' AND a.user_id = users.id)
                    THEN coalesce(consent_expires_at, $1) END
             WHERE consent <> 'accepted'
               AND ((consent = 'not_accepted') <> ",
            is_asked!(),
            " OR (consent = 'not_accepted' AND (consent_expires_at IS NULL) <>
                      (state <> 'active' OR EXISTS (SELECT 1 FROM role_users a WHERE a.role_id = 'administrator' AND a.user_id = users.id))))
               AND id IN"
        )
    };
}

/// Asks these people, or asks them no longer, as their roles do now.
pub async fn settle(tx: &mut Tx, users: &[UserId]) -> Result<()> {
    let end = tx.now().plus(TIME);
    for chunk in users.chunks(search::CHUNK) {
        let args = vec![end.into()];
        search::among::<(UserId,), _>(tx, settle!(), "RETURNING id", args, chunk).await?;
    }
    Ok(())
}

/// As [`settle`], for the approved members of a team.
pub async fn settle_team(tx: &mut Tx, team: &TeamId) -> Result<()> {
    let end = tx.now().plus(TIME);
    tx.run(
        concat!(
            settle!(),
            " (SELECT user_id FROM memberships WHERE team_id = $2 AND state = 'approved')"
        ),
        [end.into(), team.into()],
    )
    .await?;
    Ok(())
}

/// As [`settle`], for whoever is asked, or holds a role that asks.
pub async fn settle_all(tx: &mut Tx) -> Result<()> {
    let end = tx.now().plus(TIME);
    tx.run(
        concat!(
            settle!(),
            " (SELECT id FROM users WHERE consent = 'not_accepted'
               UNION
               SELECT ru.user_id FROM role_policies p JOIN role_users ru ON ru.role_id = p.role_id
               WHERE p.policy = 'transfer_consent'
               UNION
               SELECT m.user_id FROM role_policies p JOIN role_teams rt ON rt.role_id = p.role_id
                      JOIN memberships m ON m.team_id = rt.team_id
               WHERE p.policy = 'transfer_consent' AND m.state = 'approved')"
        ),
        [end.into()],
    )
    .await?;
    Ok(())
}

/// Notes that somebody agreed, while there is time; whether they were asked.
pub async fn accept(tx: &mut Tx, user: &UserId) -> Result<bool> {
    let now = tx.now();
    let accepted = tx
        .run(
            "UPDATE users SET consent = 'accepted', consent_expires_at = NULL, consented_at = $2
             WHERE id = $1 AND consent = 'not_accepted' AND (consent_expires_at IS NULL OR consent_expires_at > $2)",
            [user.into(), now.into()],
        )
        .await?;
    Ok(accepted > 0)
}

/// Gives somebody who is asked more time, counted from the end of what they have, or from now where it is over; until
/// when. None where no time is counted.
pub async fn extend(tx: &mut Tx, user: &UserId) -> Result<Option<Timestamp>> {
    let now = tx.now();
    let found = tx
        .first::<(Timestamp,)>(
            "UPDATE users SET consent_expires_at = CASE WHEN consent_expires_at > $2 THEN consent_expires_at ELSE $2 END + $3
             WHERE id = $1 AND consent = 'not_accepted' AND consent_expires_at IS NOT NULL RETURNING consent_expires_at",
            [user.into(), now.into(), TIME.into()],
        )
        .await?;
    Ok(found.map(|row| row.0))
}
