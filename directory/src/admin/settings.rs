//! What the deployment as a whole is set to.

use serde_json::json;

use crate::access::Admin;
use crate::error::Result;
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::role::Privilege;
use crate::model::settings::{Settings, Switch};
use crate::store::db::{Db, Tx};
use crate::store::{events, settings};

/// The setting of [`Settings::approve_at_sign_in`].
const APPROVE_AT_SIGN_IN: &str = "approve_at_sign_in";

/// What is set now.
pub async fn get(db: &Db, admin: &Admin) -> Result<Settings> {
    admin.require(Privilege::ManageTeams, NodeId::ROOT)?;
    let mut tx = db.read().await?;
    read(&mut tx).await
}

/// Sets it.
pub async fn save(db: &Db, admin: &Admin, wanted: Settings) -> Result<()> {
    admin.require(Privilege::ManageTeams, NodeId::ROOT)?;
    let mut tx = db.write().await?;
    settings::hold(&mut tx, APPROVE_AT_SIGN_IN, Switch::On.as_str()).await?;
    if settings::put(
        &mut tx,
        APPROVE_AT_SIGN_IN,
        wanted.approve_at_sign_in.as_str(),
    )
    .await?
    {
        let target = Target::new(
            "setting",
            APPROVE_AT_SIGN_IN,
            "Approve when an administrator signs in",
        );
        let details = json!({ "value": wanted.approve_at_sign_in.as_str() }).to_string();
        events::record(
            &mut tx,
            &admin.actor(),
            Code::SettingChanged,
            Some(NodeId::ROOT),
            target,
            details,
        )
        .await?;
    }
    tx.commit().await
}

/// What is set, where nothing was said: what it is by default.
pub(crate) async fn read(tx: &mut Tx) -> Result<Settings> {
    let kept = settings::get(tx, APPROVE_AT_SIGN_IN).await?;
    let approve_at_sign_in = kept
        .and_then(|word| Switch::of(&word))
        .unwrap_or(Switch::On);
    Ok(Settings { approve_at_sign_in })
}
