//! One storm: what a connection took away within a short time, and what there is to decide about it.

use crate::components::badge::{Standing, StateChip, Tone};
use crate::components::button::{Button, Kind};
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::table::{Column, DataTable, List};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::connection::Undo;
use crate::pages::frame::{Ago, Page, crumbs_of, node_of_path, of_path, shown};
use crate::visit::visit;
use crate::words::storms::{left_alone, lost, outcome, took};
use crate::words::{counted, figure};
use directory::model::id::{NodeId, StormId};
use directory::model::storm::{Loss, Storm, StormDetail, StormState};
use leptos::prelude::*;
use server_fn::ServerFn;

const OPEN: Standing = Standing {
    tone: Tone::Stop,
    glyph: "warn",
    word: "Needs a decision",
};
const HELD: Standing = Standing {
    tone: Tone::Wait,
    glyph: "suspended",
    word: "Held back",
};
const KEPT: Standing = Standing {
    tone: Tone::None,
    glyph: "active",
    word: "Meant",
};
const UNDONE: Standing = Standing {
    tone: Tone::Good,
    glyph: "active",
    word: "Undone",
};

#[component]
pub fn StormPage() -> impl IntoView {
    let asked = one_storm(node_of_path(), StormId(of_path("storm")));
    shown(Section::Connections, asked, |found| {
        let storm = found.storm.clone();
        let title = format!("Many changes by {}", storm.connection_name);
        let connection = format!("/nodes/{}/connection", storm.node_id);
        let mut crumbs = crumbs_of(&found.path);
        crumbs.push(Crumb::above(storm.connection_name.clone(), connection));
        crumbs.push(Crumb::here("Many changes"));
        view! {
            <Page title=title.clone() section=Section::Connections crumbs>
                <Head title storm=storm.clone() />
                <WhatNow storm=storm.clone() />
                <Losses found />
            </Page>
        }
    })
}

#[component]
fn Head(title: String, storm: Storm) -> impl IntoView {
    let standing = match storm.state {
        StormState::Undone => UNDONE,
        StormState::Kept => KEPT,
        StormState::Open if storm.holds => HELD,
        StormState::Open => OPEN,
    };
    let (node, node_name, since, last) = (
        storm.node_id,
        storm.node_name.clone(),
        storm.since,
        storm.last_at,
    );
    let facts = move || {
        let node_name = node_name.clone();
        view! {
            <Fact icon="nodes">
                <a href=format!("/nodes/{node}")>{node_name}</a>
            </Fact>
            <Fact icon="clock">
                <span>"First " <Ago at=since /> ", last " <Ago at=last /></span>
            </Fact>
        }
    };
    let is_undoable = storm.is_undoable(visit().now) && storm.losses() > 0;
    view! {
        <PageHead title lead=format!("{}.", took(&storm)) beside=move || view! { <StateChip of=standing /> } facts>
            {(storm.state == StormState::Open).then(|| view! { <Keep storm=storm.clone() /> })}
            {storm.holds.then(|| view! { <Release storm=storm.clone() /> })}
            {is_undoable.then(|| view! { <Undo node=storm.node_id id=storm.id.clone() /> })}
        </PageHead>
    }
}

#[component]
fn Keep(storm: Storm) -> impl IntoView {
    view! {
        <form method="post" action=KeepStorm::url()>
            <input type="hidden" name="node" value=storm.node_id.to_string() />
            <input type="hidden" name="storm" value=storm.id.to_string() />
            <Button icon="check">"Keep changes"</Button>
        </form>
    }
}

#[component]
fn Release(storm: Storm) -> impl IntoView {
    view! {
        <form method="post" action=ReleaseStorm::url()>
            <input type="hidden" name="node" value=storm.node_id.to_string() />
            <input type="hidden" name="storm" value=storm.id.to_string() />
            <Button kind=Kind::Danger icon="connections">"Let through"</Button>
        </form>
    }
}

/// What can be done, and what has been.
#[component]
fn WhatNow(storm: Storm) -> impl IntoView {
    let now = visit().now;
    let until = date(storm.undoable_until().0, now.0);
    let name = storm.connection_name.clone();
    let by = storm.closed_by.clone().unwrap_or_default();
    let (sign, title, words) = match storm.state {
        StormState::Open if storm.holds => (
            NoticeSign::WAIT,
            format!(
                "{} held back",
                counted(storm.held_requests, "request is", "requests are")
            ),
            format!(
                "{name} is told to try again later. Let them through if they are meant; they are then carried out as they come again. Undoing gives back what came before."
            ),
        ),
        StormState::Open => (
            NoticeSign::STOP,
            "Was this meant?".to_owned(),
            format!(
                "It was carried out at once, so that nobody stays in who should be out. Undoing gives everything back exactly as it was, until {until}; what {name} sends afterwards is carried out again, so correct the cause there first."
            ),
        ),
        StormState::Kept => (
            NoticeSign::INFO,
            format!("{by} said this was meant"),
            format!("It can still be undone until {until}."),
        ),
        StormState::Undone => (
            NoticeSign::GOOD,
            format!("{by} undid this"),
            match storm.left_alone {
                0 => "Everything is as it was before.".to_owned(),
                left => format!("Everything else is as it was before. {}.", left_alone(left)),
            },
        ),
    };
    let words = if storm.state == StormState::Kept && now >= storm.undoable_until() {
        "It can no longer be undone.".to_owned()
    } else {
        words
    };
    view! {
        <Notice sign title>
            <p>{words}</p>
        </Notice>
    }
}

#[component]
fn Losses(found: StormDetail) -> impl IntoView {
    let all = found.storm.losses();
    let shown = i64::try_from(found.losses.len()).unwrap_or_default();
    let lead = match (shown, all) {
        (0, _) => "None.".to_owned(),
        (shown, all) if shown < all => format!("The first {}.", figure(shown)),
        _ => "In the order in which they came.".to_owned(),
    };
    let is_undone = found.storm.state == StormState::Undone;
    let mut columns = vec![
        Column::named("What"),
        Column::named("Change"),
        Column::named("When"),
    ];
    if is_undone {
        columns.push(Column::named("After undo"));
    }
    let rows = found
        .losses
        .into_iter()
        .map(|loss| view! { <Row loss /> })
        .collect_view();
    view! {
        <PageSection id="changes" title="Changes" lead>
            {(shown > 0)
                .then(|| {
                    view! {
                        <List>
                            <DataTable columns>{rows}</DataTable>
                        </List>
                    }
                })}
        </PageSection>
    }
}

#[component]
fn Row(loss: Loss) -> impl IntoView {
    let team = loss
        .team_id
        .as_ref()
        .zip(loss.team_name.clone())
        .map(|(id, name)| (format!("/teams/{id}"), name));
    let user = loss
        .user_id
        .as_ref()
        .zip(loss.user_label.clone())
        .map(|(id, name)| (format!("/users/{id}"), name));
    let is_team = user.is_none();
    let (href, name) = user.or_else(|| team.clone()).unwrap_or_default();
    // A removed team has no page; a membership names its team too.
    let is_back = loss.outcome.as_deref() == Some("restored");
    let main = if is_team && !is_back {
        view! { <span>{name}</span> }.into_any()
    } else {
        view! { <a class="name" href=href>{name}</a> }.into_any()
    };
    let of = team
        .filter(|_| !is_team)
        .map(|(_, name)| format!(" {name}"));
    let after = loss.outcome.is_some().then(|| {
        view! { <td data-label="After undo">{outcome(loss.outcome.as_deref())}</td> }
    });
    view! {
        <tr>
            <th scope="row">{main}</th>
            <td data-label="Change">{lost(loss.kind)} {of}</td>
            <td data-label="When">
                <Ago at=loss.at />
            </td>
            {after}
        </tr>
    }
}

#[server(endpoint = "storms/one")]
pub async fn one_storm(node: NodeId, storm: StormId) -> Result<StormDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::storms::get(&db, &admin, node, &storm).await?)
}

#[server(endpoint = "storms/keep")]
pub async fn keep_storm(node: NodeId, storm: StormId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection/storms/{storm}");
    let kept = directory::admin::storms::keep(&db, &admin, node, &storm).await;
    let done = |()| Done::at(format!("/nodes/{node}/connection")).says("The changes are kept.");
    answer(Form::button(page), kept.map(done)).await
}

#[server(endpoint = "storms/release")]
pub async fn release_storm(node: NodeId, storm: StormId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection/storms/{storm}");
    let released = directory::admin::storms::release(&db, &admin, node, &storm).await;
    let done =
        |()| Done::at(&page).says("What was held back is carried out as soon as it is sent again.");
    answer(Form::button(&page), released.map(done)).await
}
