//! What roles ask of those who hold them.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::{RoleId, UserId};
use crate::model::policy::{Asked, Policy, RolePolicy};

/// What a role asks. A word this program does not know is left out.
pub async fn of_role(tx: &mut Tx, role: &RoleId) -> Result<Vec<RolePolicy>> {
    let rows = tx
        .all::<(String, String)>(
            "SELECT policy, value FROM role_policies WHERE role_id = $1 ORDER BY policy",
            [role.into()],
        )
        .await?;
    let known = rows.into_iter().filter_map(|(policy, value)| {
        let policy = Policy::of(&policy)?;
        Some(RolePolicy { policy, value })
    });
    Ok(known.collect())
}

/// What the roles of a person ask, their own and those of their teams.
pub async fn of_person(tx: &mut Tx, user: &UserId) -> Result<Vec<Asked>> {
    let rows = tx
        .all::<(String, String, RoleId, String)>(
            "SELECT p.policy, p.value, r.id, r.name FROM role_policies p JOIN roles r ON r.id = p.role_id
             WHERE p.role_id IN (SELECT role_id FROM role_users WHERE user_id = $1
                                 UNION
                                 SELECT rt.role_id FROM memberships m JOIN teams t ON t.id = m.team_id
                                        JOIN role_teams rt ON rt.team_id = t.id
                                 WHERE m.user_id = $1 AND m.state = 'approved' AND t.state = 'approved'
                                   AND t.recycled_at IS NULL)
             ORDER BY p.policy, r.name_key, r.id",
            [user.into()],
        )
        .await?;
    let known = rows
        .into_iter()
        .filter_map(|(policy, value, role, role_name)| {
            let policy = Policy::of(&policy)?;
            Some(Asked {
                policy,
                value,
                role,
                role_name,
            })
        });
    Ok(known.collect())
}

/// Sets what a role asks.
pub async fn put(tx: &mut Tx, role: &RoleId, policy: Policy, value: &str) -> Result<()> {
    tx.run(
        "INSERT INTO role_policies (role_id, policy, value) VALUES ($1, $2, $3)
         ON CONFLICT (role_id, policy) DO UPDATE SET value = excluded.value",
        [role.into(), policy.as_str().into(), value.into()],
    )
    .await?;
    Ok(())
}

/// A role asks this no longer.
pub async fn remove(tx: &mut Tx, role: &RoleId, policy: Policy) -> Result<()> {
    tx.run(
        "DELETE FROM role_policies WHERE role_id = $1 AND policy = $2",
        [role.into(), policy.as_str().into()],
    )
    .await?;
    Ok(())
}
