//! What guards against an identity provider's mistake: the setting, and what there is to decide about a storm.

use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::form::{Radio, Tick};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::Ago;
use crate::words::storms::{so_far, took};
use crate::words::{counted, figure};
use directory::model::connection::ConnectionDetail;
use directory::model::id::{NodeId, StormId};
use directory::model::storm::{Storm, StormGuard, StormState};
use leptos::prelude::*;
use server_fn::ServerFn;

/// The storms that somebody has to look at.
#[component]
pub fn OpenStorms(storms: Vec<Storm>) -> impl IntoView {
    storms
        .into_iter()
        .filter(|storm| storm.state == StormState::Open)
        .map(|storm| view! { <StormNotice storm /> })
        .collect_view()
}

#[component]
fn StormNotice(storm: Storm) -> impl IntoView {
    let name = storm.connection_name.clone();
    let title = if storm.holds {
        format!("{name} wants to lock or remove many at once")
    } else {
        format!("{name} locked or removed many at once")
    };
    let page = page_of(&storm);
    let since = storm.since;
    let has_losses = storm.losses() > 0;
    let held = storm.holds.then(|| {
        format!(
            " {} held back until you decide.",
            counted(storm.held_requests, "request is", "requests are")
        )
    });
    let (node, id) = (storm.node_id, storm.id.clone());
    let buttons = move || {
        view! {
            <ButtonLink href=page.clone()>"Review changes"</ButtonLink>
            {has_losses.then(|| view! { <Undo node id=id.clone() /> })}
        }
    };
    view! {
        <Notice sign=NoticeSign::STOP title buttons>
            <p>
                {took(&storm)} " in " <a href=format!("/nodes/{node}")>{storm.node_name.clone()}</a> ", the first " <Ago at=since /> "."
                {held}
            </p>
        </Notice>
    }
}

/// The button that takes a storm back.
#[component]
pub fn Undo(node: NodeId, id: StormId) -> impl IntoView {
    view! {
        <form method="post" action=UndoStorm::url()>
            <input type="hidden" name="node" value=node.to_string() />
            <input type="hidden" name="storm" value=id.to_string() />
            <Button kind=Kind::Primary icon="undo">
                "Undo all"
            </Button>
        </form>
    }
}

/// The page of a storm.
pub fn page_of(storm: &Storm) -> String {
    format!("/nodes/{}/connection/storms/{}", storm.node_id, storm.id)
}

/// The setting, and the latest storms.
#[component]
pub fn GuardPanel(detail: ConnectionDetail) -> impl IntoView {
    let node = detail.connection.node_id;
    let guarding = detail.guarding;
    let is = guarding.guard;
    let lead = format!(
        "More than {} locks and removals within an hour are many: a tenth of the people, ten at least.",
        figure(guarding.allowed)
    );
    let earlier: Vec<Storm> = guarding.storms;
    view! {
        <form method="post" action=SetGuard::url()>
            <input type="hidden" name="node" value=node.to_string() />
            <Panel id="guard" title="Storm guard" lead>
                <PanelBody>
                    <Radio name="guard" value=StormGuard::Apply.as_str() tick=Tick::from(is == StormGuard::Apply)>
                        <strong>"Carry out at once, and gather to undo"</strong>
                        <span class="hint">"Nobody stays in who should be out. You are told, and one button takes all of it back."</span>
                    </Radio>
                    <Radio name="guard" value=StormGuard::Hold.as_str() tick=Tick::from(is == StormGuard::Hold)>
                        <strong>"Hold back until somebody decides"</strong>
                        <span class="hint">"What comes beyond them is refused with 429 and Retry-After; the identity provider tries again."</span>
                    </Radio>
                </PanelBody>
                {(!earlier.is_empty()).then(|| view! { <Earlier storms=earlier /> })}
                <PanelFoot words="Changes take effect with the next request.">
                    <Button icon="check">"Save guard"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn Earlier(storms: Vec<Storm>) -> impl IntoView {
    let rows = storms
        .into_iter()
        .map(|storm| {
            view! {
                <li>
                    <a href=page_of(&storm)>{took(&storm)}</a>
                    " "
                    <span class="muted">
                        <Ago at=storm.since />
                        ". "
                        {so_far(&storm)}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <PanelBody>
            <ul class="stack tight plain">{rows}</ul>
        </PanelBody>
    }
}

#[server(endpoint = "connections/guard")]
pub async fn set_guard(node: NodeId, guard: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let guard = StormGuard::of(&guard).ok_or(AppError::Unreadable)?;
    let set = directory::admin::storms::set_guard(&db, &admin, node, guard).await;
    let done = |()| Done::at(&page).says("The storm guard was saved.");
    answer(Form::button(&page), set.map(done)).await
}

#[server(endpoint = "storms/undo")]
pub async fn undo_storm(node: NodeId, storm: StormId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    use crate::visit::ToastKind;
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection/storms/{storm}");
    let undone = directory::admin::storms::undo(&db, &admin, node, &storm).await;
    let done = |undone| {
        let done = Done::at(&page).says(crate::words::storms::given_back(&undone));
        match undone.left_alone {
            0 => done,
            left => done.notes(ToastKind::Waiting, crate::words::storms::left_alone(left)),
        }
    };
    answer(Form::button(&page), undone.map(done)).await
}
