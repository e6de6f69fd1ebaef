//! The questions before a connection is removed: what becomes of its people; and what can be restored afterwards.

use super::one_connection;
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::form::{FieldGroup, Radio, Tick};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, crumbs_of, node_of_path, shown};
use crate::visit::visit;
use crate::words::{counted, listed};
use directory::model::connection::{ConnectionDetail, Fate, Kept, RemovedConnection};
use directory::model::id::NodeId;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn RemoveConnectionPage() -> impl IntoView {
    let node = node_of_path();
    let asked = async move { Ok((one_connection(node).await?, whom_it_keeps(node).await?)) };
    shown(Section::Connections, asked, |(detail, kept)| {
        let name = detail.connection.name.clone();
        let title = format!("Remove {name}?");
        let mut crumbs = crumbs_of(&detail.path);
        crumbs.push(Crumb::above(
            name,
            format!("/nodes/{}/connection", detail.connection.node_id),
        ));
        crumbs.push(Crumb::here("Remove connection"));
        view! {
            <Page title=title.clone() section=Section::Connections crumbs>
                <PageHead title />
                <Question detail kept />
            </Page>
        }
    })
}

#[component]
fn Question(detail: ConnectionDetail, kept: Kept) -> impl IntoView {
    let node = detail.connection.node_id;
    let teams = counted(kept.teams, "team stays", "teams stay");
    view! {
        <form method="post" action=RemoveConnection::url()>
            <input type="hidden" name="node" value=node.to_string() />
            <Panel id="consequences" title="What happens">
                <PanelBody>
                    <Impact>
                        <ImpactLine icon="key">"Its tokens end at once: every further request is refused with 401."</ImpactLine>
                        <ImpactLine icon="teams">{teams} " with their members."</ImpactLine>
                        <ImpactLine icon="undo">
                            "It can be restored for 30 days, with its tokens and its people, until " {detail.node.name.clone()}
                            " gets another connection."
                        </ImpactLine>
                    </Impact>
                    <Fates kept />
                </PanelBody>
                <PanelFoot>
                    <ButtonLink href=format!("/nodes/{node}/connection")>"Keep connection"</ButtonLink>
                    <Button kind=Kind::Sure>"Remove connection"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

/// What becomes of the people, with how many they are.
#[component]
fn Fates(kept: Kept) -> impl IntoView {
    let who = counted(kept.users, "user", "users");
    let states = in_states(&kept);
    let locked_now = (kept.active + kept.invited - kept.administrators).max(0);
    let sure = match kept.administrators {
        0 => String::new(),
        count => format!(
            " {} as they are.",
            counted(count, "administrator stays", "administrators stay")
        ),
    };
    let lock = format!(
        "{} locked at once, until you unlock them. Whoever is locked already stays so.{sure}",
        counted(locked_now, "user is", "users are"),
    );
    let unlink = if kept.deleted > 0 {
        format!(
            "Nobody keeps them up to date; you change them here. {} by the identity provider stay locked.",
            counted(
                kept.deleted,
                "user who was deleted",
                "users who were deleted"
            )
        )
    } else {
        "Nobody keeps them up to date; you change them here. Locks stay.".to_owned()
    };
    view! {
        <FieldGroup label=format!("What becomes of its {who}?")>
            <p class="hint">{states}</p>
            <Radio name="fate" value=Fate::Keep.as_str() tick=Tick::On>
                <strong>"Keep them for the next connection"</strong>
                <span class="hint">"They stay as they are, with the ids of the identity provider, and the next connection takes them over."</span>
            </Radio>
            <Radio name="fate" value=Fate::Lock.as_str()>
                <strong>"Lock them"</strong>
                <span class="hint">{lock}</span>
            </Radio>
            <Radio name="fate" value=Fate::Unlink.as_str()>
                <strong>"Unlink them"</strong>
                <span class="hint">{unlink}</span>
            </Radio>
        </FieldGroup>
    }
}

/// *9 active, 3 invited and 2 locked.*
fn in_states(kept: &Kept) -> String {
    let parts: Vec<String> = [
        (kept.active, "active"),
        (kept.invited, "invited"),
        (kept.locked, "locked"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{} {word}", crate::words::figure(count)))
    .collect();
    if parts.is_empty() {
        "It keeps nobody yet.".to_owned()
    } else {
        format!("{}.", listed(&parts))
    }
}

/// On the page of its node: what was removed, and the button that restores it.
#[component]
pub fn RemovedNotice(removed: RemovedConnection) -> impl IntoView {
    let node = removed.node_id;
    let until = date(removed.restorable_until().0, visit().now.0);
    let can_be = removed.restorable_until() > visit().now;
    let at = removed.removed_at;
    let people = match removed.fate {
        Fate::Keep => "Its people stay as they are, for the next connection",
        Fate::Lock => "Its people were locked",
        Fate::Unlink => "Its people are kept by hand now",
    };
    let then = if can_be {
        format!(
            "{people}. Until {until} it can be restored with its tokens; adding another connection ends that."
        )
    } else {
        format!("{people}.")
    };
    let buttons = move || {
        can_be.then(|| {
            view! {
                <form method="post" action=RestoreConnection::url()>
                    <input type="hidden" name="node" value=node.to_string() />
                    <Button icon="undo">"Restore connection"</Button>
                </form>
            }
        })
    };
    view! {
        <Notice sign=NoticeSign::WAIT title=format!("{} was removed", removed.name) buttons>
            <p>"By " {removed.removed_by} ", " <Ago at /> ". " {then}</p>
        </Notice>
    }
}

#[server(endpoint = "connections/kept")]
pub async fn whom_it_keeps(node: NodeId) -> Result<Kept, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::removal::kept(&db, &admin, node).await?)
}

#[server(endpoint = "connections/remove")]
pub async fn remove_connection(node: NodeId, fate: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let fate = Fate::of(&fate).ok_or(AppError::Unreadable)?;
    let removed = directory::admin::removal::remove(&db, &admin, node, fate).await;
    let done = |()| Done::at(format!("/nodes/{node}")).says("The connection was removed.");
    answer(
        Form::button(format!("/nodes/{node}/connection")),
        removed.map(done),
    )
    .await
}

#[server(endpoint = "connections/restore")]
pub async fn restore_connection(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    use directory::model::connection::Connection;
    let (db, admin) = admin().await?;
    let restored = directory::admin::removal::restore(&db, &admin, node).await;
    let done = |connection: Connection| {
        Done::at(format!("/nodes/{node}/connection"))
            .says(format!("{} was restored.", connection.name))
    };
    answer(Form::button(format!("/nodes/{node}")), restored.map(done)).await
}
