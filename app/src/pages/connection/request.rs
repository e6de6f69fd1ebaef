//! One request: what happened, why, what to do; what it changed; and the proof, request and answer.

use super::requests::Diagnosis;
use super::set_up::base_url;
use crate::components::badge::{Standing, StateChip, Tone};
use crate::components::copy::{Copy, CopyInline};
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, crumbs_of, node_of_path, of_path, shown};
use crate::words::requests::{client, curl, is_refused, kept, pretty, readable, said, took};
use directory::model::id::NodeId;
use directory::model::request::{Body, Change, Holder, RequestDetail, Subject};
use leptos::prelude::*;

const ANSWERED: Standing = Standing {
    tone: Tone::Good,
    glyph: "active",
    word: "Answered",
};
const REFUSED: Standing = Standing {
    tone: Tone::Stop,
    glyph: "failed",
    word: "Refused",
};
const FAILED: Standing = Standing {
    tone: Tone::Stop,
    glyph: "warn",
    word: "Failed here",
};

#[component]
pub fn RequestPage() -> impl IntoView {
    let node = node_of_path();
    let id = of_path("request");
    shown(Section::Connections, one_request(node, id), move |found| {
        let name = found.connection.name.clone();
        let mut crumbs = crumbs_of(&found.path);
        let connection = format!("/nodes/{node}/connection");
        crumbs.push(Crumb::above(name, connection.clone()));
        crumbs.push(Crumb::above("Requests", format!("{connection}/requests")));
        let title = readable(&format!("{} {}", found.request.method, found.request.path));
        crumbs.push(Crumb::here(found.request.method.clone()));
        view! {
            <Page title section=Section::Connections crumbs>
                <Head found=found.clone() />
                <Diagnosis connection=found.connection.name.clone() request=found.request.clone() />
                {found.holder.clone().map(|holder| view! { <WhoHolds holder /> })}
                <Touched node subjects=found.subjects.clone() />
                <Changed found=found.clone() />
                <LeftOut ignored=found.kept.ignored.clone() />
                <Proof found=found.clone() />
                <TryAgain found />
            </Page>
        }
    })
}

#[component]
fn Head(found: RequestDetail) -> impl IntoView {
    let request = found.request.clone();
    let standing = match request.status {
        500.. => FAILED,
        status if is_refused(status) => REFUSED,
        _ => ANSWERED,
    };
    let name = client(&request, &found.connection.name);
    let from = match &request.ip {
        Some(ip) => format!("{name}, {ip}"),
        None => name,
    };
    let token = match (&request.token_id, found.token_name.clone()) {
        (Some(id), Some(name)) if request.status == 401 => {
            format!("No good token: {name}, scimc_{id}…")
        }
        (Some(id), Some(name)) => format!("{name}, scimc_{id}…"),
        (Some(id), None) => format!("scimc_{id}…, no longer known"),
        (None, _) => "No good token".to_owned(),
    };
    let answer = match &request.scim_type {
        Some(kind) => format!("{} {kind} in {}", request.status, took(&request)),
        None => format!("{} in {}", request.status, took(&request)),
    };
    let (at, id) = (request.at, request.id.clone());
    let facts = move || {
        let (from, token, answer, id) = (from.clone(), token.clone(), answer.clone(), id.clone());
        view! {
            <Fact icon="clock">
                <Ago at />
            </Fact>
            <Fact icon="connections">{from}</Fact>
            <Fact icon="key">{token}</Fact>
            <li>{answer}</li>
            <li>
                <CopyInline value=id what="id of this request" />
            </li>
        }
    };
    view! {
        <PageHead
            title=said(&request)
            lead=readable(&format!("{} {}", request.method, request.path))
            beside=move || view! { <StateChip of=standing /> }
            facts
        />
    }
}

/// Who has what was asked for: told to those alone who may see them.
#[component]
fn WhoHolds(holder: Holder) -> impl IntoView {
    let Holder { who, node_name } = holder;
    view! {
        <Notice sign=NoticeSign::INFO title=format!("{} in {node_name} has it", who.name)>
            <p>
                <a href=format!("/users/{}", who.id)>"Open the page of " {who.name}</a>
                " to see whether this is the same person."
            </p>
        </Notice>
    }
}

/// Links to the people and teams it was about.
#[component]
fn Touched(node: NodeId, subjects: Vec<Subject>) -> impl IntoView {
    if subjects.is_empty() {
        return ().into_any();
    }
    let log = format!("/nodes/{node}/connection/requests");
    let count = subjects.len();
    let links = subjects
        .into_iter()
        .take(12)
        .map(|one| {
            let page = if one.kind == "user" { "users" } else { "teams" };
            let said = (count == 1).then(|| {
                view! { <a class="muted" href=format!("{log}?about={}", one.id)>"What was said about it lately"</a> }
            });
            view! {
                <li>
                    <a href=format!("/{page}/{}", one.id)>{one.name}</a>
                    {said}
                </li>
            }
        })
        .collect_view();
    let more =
        (count > 12).then(|| view! { <li class="muted">{format!("and {} more", count - 12)}</li> });
    view! {
        <ul class="touched" aria-label="Whom it was about">
            {links}
            {more}
        </ul>
    }
    .into_any()
}

#[component]
fn Changed(found: RequestDetail) -> impl IntoView {
    let changes = found.kept.changes;
    if changes.is_empty() {
        return ().into_any();
    }
    let more = found.kept.more_changes;
    let lead = match (changes.len(), more) {
        (1, 0) => "One attribute.".to_owned(),
        (count, 0) => format!("{count} attributes."),
        (count, more) => format!("The first {count}, and {more} more."),
    };
    let is_of_one = changes
        .iter()
        .all(|change| change.of.id == changes[0].of.id);
    let mut columns = vec![
        Column::named("Attribute"),
        Column::named("Before"),
        Column::named("After"),
    ];
    if !is_of_one {
        columns.insert(0, Column::named("Of"));
    }
    let rows = changes
        .into_iter()
        .map(|change| view! { <ChangeRow change is_of_one /> })
        .collect_view();
    view! {
        <PageSection id="changes" title="What it changed" lead>
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

/// What the identity provider sent and Muster left out, each with its reason.
#[component]
fn LeftOut(ignored: Vec<String>) -> impl IntoView {
    if ignored.is_empty() {
        return ().into_any();
    }
    let lines = ignored
        .into_iter()
        .map(|line| view! { <li>{line}</li> })
        .collect_view();
    view! {
        <PageSection id="left-out" title="What was left out" lead="The rest of the request was carried out.">
            <ul class="stack tight">{lines}</ul>
        </PageSection>
    }
    .into_any()
}

#[component]
fn ChangeRow(change: Change, is_of_one: bool) -> impl IntoView {
    let value = |value: Option<String>, class: &'static str| match value {
        Some(value) => view! { <span class=class>{value}</span> }.into_any(),
        None => view! { <span class="none">"nothing"</span> }.into_any(),
    };
    view! {
        <tr>
            {(!is_of_one).then(|| view! { <td data-label="Of">{change.of.name}</td> })}
            <th scope="row" class="mono">
                {change.attribute}
            </th>
            <td data-label="Before">{value(change.before, "was")}</td>
            <td data-label="After">{value(change.after, "is")}</td>
        </tr>
    }
}

/// The request and its answer, as they were kept.
#[component]
fn Proof(found: RequestDetail) -> impl IntoView {
    let RequestDetail { request, kept, .. } = found;
    let token = request
        .token_id
        .map_or_else(|| "•••".to_owned(), |id| format!("Bearer scimc_{id}•••"));
    let mut headers = vec![("authorization".to_owned(), token)];
    headers.extend(request.agent.map(|agent| ("user-agent".to_owned(), agent)));
    headers.extend(kept.headers);
    view! {
        <section class="bodies" aria-label="Request and answer">
            <OneSide
                title="Request"
                first=format!("{} {}", request.method, request.path)
                headers
                body=kept.asked
            />
            <OneSide title="Answer" first=request.status.to_string() headers=kept.answer_headers body=kept.answered />
        </section>
    }
}

#[component]
fn OneSide(
    title: &'static str,
    first: String,
    headers: Vec<(String, String)>,
    body: Body,
) -> impl IntoView {
    let headers = headers
        .into_iter()
        .map(|(name, value)| view! { <span class="m">{name}": "</span>{value}"\n" })
        .collect_view();
    let about = kept(&body);
    let lines = lines_of(&pretty(&body.text));
    view! {
        <div class="body-of">
            <h2>{title}</h2>
            <pre tabindex="0" aria-label=title>
                <span class="m">{first}"\n"</span>
                {headers}
                {(!body.text.is_empty()).then_some("\n")}
                {lines}
            </pre>
            {about.map(|words| view! { <p class="hint">{words}</p> })}
        </div>
    }
}

/// JSON with its names in another colour.
fn lines_of(text: &str) -> impl IntoView + use<> {
    text.lines()
        .map(|line| {
            let blank = line.len() - line.trim_start().len();
            let name = line[blank..]
                .starts_with('"')
                .then(|| line.find("\": "))
                .flatten();
            let (name, rest) = line.split_at(name.map_or(0, |end| end + 1));
            let name =
                (!name.is_empty()).then(|| view! { <span class="k">{name.to_owned()}</span> });
            view! { {name}{rest.to_owned()}"\n" }
        })
        .collect_view()
}

/// The same request for a shell, where it was refused.
#[component]
fn TryAgain(found: RequestDetail) -> impl IntoView {
    let request = &found.request;
    if !is_refused(request.status) || request.method.is_empty() {
        return ().into_any();
    }
    let media = found
        .kept
        .headers
        .iter()
        .find(|(name, _)| name == "content-type")
        .map(|(_, value)| value.as_str());
    let command = curl(
        request,
        &base_url(found.connection.node_id),
        media,
        &found.kept.asked,
    );
    let is_whole = kept(&found.kept.asked).is_none();
    let words = if is_whole {
        "Sends the same request again. Put a token of this connection into TOKEN first; what was masked must be filled in."
    } else {
        "Sends the request again. Put a token of this connection into TOKEN first. The body is not kept as a whole: complete it."
    };
    view! {
        <Panel id="again" title="Try it from a shell">
            <PanelBody>
                <p class="muted">{words}</p>
                <div class="curl">
                    <Copy value=command what="as curl" />
                </div>
            </PanelBody>
        </Panel>
    }
    .into_any()
}

#[server(endpoint = "requests/one")]
pub async fn one_request(node: NodeId, id: String) -> Result<RequestDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::requests::get(&db, &admin, node, &id).await?)
}
