//! One deed for many people: whom it concerns, whom it leaves as they are and why; then what became of it.

use crate::components::badge::Tone;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Choice, Field, FormErrors, Input, InputSize, Select, Width};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Page, again, node_choices_with, shown};
use crate::pages::nodes::all_nodes;
use crate::words::many::{consequences, done, left, left_one, name, picture, verb};
use crate::words::{counted, figure, first_of};
use directory::model::id::{NodeId, UserId};
use directory::model::many::{Chosen, Deed, Outcome};
use directory::model::node::NodeInTree;
use directory::model::query::ListQuery;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;

/// The address of the page.
pub const PAGE: &str = "/users/many";

#[component]
pub fn ManyPage() -> impl IntoView {
    let node = Query::current()
        .value("node")
        .and_then(|node| node.parse().ok());
    let asked = async move { Ok((chosen_users(node.map(NodeId)).await?, all_nodes().await?)) };
    shown(Section::Users, asked, |(chosen, nodes)| {
        let title = match &chosen {
            None => "Nobody is chosen".to_owned(),
            Some(chosen) if chosen.is_over() => "Done".to_owned(),
            Some(chosen) => format!("{}?", verb(chosen.deed, chosen.will)),
        };
        let crumbs = vec![Crumb::above("Users", "/users"), Crumb::here("Chosen users")];
        view! {
            <Page title=title.clone() section=Section::Users crumbs>
                <PageHead title />
                {match chosen {
                    None => view! { <Nobody /> }.into_any(),
                    Some(chosen) => view! { <Plan chosen nodes /> }.into_any(),
                }}
            </Page>
        }
    })
}

#[component]
fn Nobody() -> impl IntoView {
    view! {
        <EmptyState title="Choose people in the list" words="Tick some of them, or take all that match. What you choose is kept here until it is done, for a day at the most.">
            <ButtonLink href="/users">"Show users"</ButtonLink>
        </EmptyState>
    }
}

#[component]
fn Plan(chosen: Chosen, nodes: Vec<NodeInTree>) -> impl IntoView {
    let began = chosen.position > 0;
    let (over, outcome, deed) = (chosen.is_over(), chosen.outcome.clone(), chosen.deed);
    view! {
        <div class="stack">
            {began.then(|| view! { <Became deed outcome over /> })}
            {(!over).then(|| view! { <Question chosen nodes /> })}
        </div>
    }
}

/// What became of those who were dealt with.
#[component]
fn Became(deed: Deed, outcome: Outcome, over: bool) -> impl IntoView {
    let rest = outcome.left_in_all() - i64::try_from(outcome.named.len()).unwrap_or_default();
    let reasons = outcome
        .left
        .iter()
        .map(|(why, count)| left(*why, *count))
        .map(|words| view! { <ImpactLine icon="info">{words}</ImpactLine> })
        .collect_view();
    let named = outcome
        .named
        .iter()
        .map(|(name, why)| view! { <li>{name.clone()} <span class="muted">": " {left_one(*why)}</span></li> })
        .collect_view();
    let has_named = !outcome.named.is_empty();
    view! {
        <Panel id="became" title="What was done">
            <PanelBody>
                <Impact>
                    <ImpactLine icon="active" tone=Tone::Good>
                        {done(deed, &outcome)}
                    </ImpactLine>
                    {reasons}
                </Impact>
                {has_named
                    .then(|| {
                        view! {
                            <h3>"Who was left as they are"</h3>
                            <ul>{named}</ul>
                            {(rest > 0).then(|| view! { <p class="muted">{format!("and {} more", figure(rest))}</p> })}
                        }
                    })}
            </PanelBody>
            <PanelFoot>
                {(deed == Deed::Delete).then(|| view! { <ButtonLink href="/users/bin">"Show the recycle bin"</ButtonLink> })}
                {over.then(|| view! { <ButtonLink href="/users">"Back to users"</ButtonLink> })}
            </PanelFoot>
        </Panel>
    }
    .into_any()
}

#[component]
fn Question(chosen: Chosen, nodes: Vec<NodeInTree>) -> impl IntoView {
    let rest = chosen.all - chosen.position;
    let stay = rest - chosen.will;
    let asks_where = chosen.deed == Deed::Move;
    if asks_where && chosen.to.is_none() {
        return view! { <Where rest nodes to=None /> }.into_any();
    }
    let to = chosen.to;
    let to_name = nodes
        .iter()
        .find(|node| Some(node.id) == to)
        .map(|node| node.name.clone());
    let lead = to_name.map_or_else(
        || format!("{} chosen.", counted(rest, "user is", "users are")),
        |name| {
            format!(
                "{} chosen, to move to {name}.",
                counted(rest, "user is", "users are")
            )
        },
    );
    let what = consequences(chosen.deed)
        .iter()
        .map(|(icon, words)| view! { <ImpactLine icon=icon>{*words}</ImpactLine> })
        .collect_view();
    let reasons = chosen
        .left
        .iter()
        .map(|(why, count)| left(*why, *count))
        .map(|words| {
            view! {
                <ImpactLine icon="pending" tone=Tone::Wait>
                    {words}
                </ImpactLine>
            }
        })
        .collect_view();
    let will = usize::try_from(chosen.will).unwrap_or_default();
    let mut names = chosen.names.clone();
    names.resize(will.max(names.len()), String::new());
    let who = first_of(&names, chosen.names.len().min(will));
    let (number, act) = (chosen.must_type(), verb(chosen.deed, chosen.will));
    view! {
        {(asks_where && chosen.position == 0).then(|| view! { <Where rest nodes to /> })}
        <form method="post" action=CarryOut::url()>
            <input type="hidden" name="plan" value=chosen.plan.clone() />
            {to.map(|node| view! { <input type="hidden" name="node" value=node.to_string() /> })}
            <Panel id="consequences" title="What happens" lead>
                <PanelBody>
                    <FormErrors errors=again("many").errors() />
                    <Impact>
                        <ImpactLine icon="users">{act} {(will > 0).then(|| format!(": {who}"))}</ImpactLine>
                        {(will > 0).then_some(what)}
                    </Impact>
                    {(stay > 0)
                        .then(|| {
                            view! {
                                <h3>{format!("{} left as they are", counted(stay, "user is", "users are"))}</h3>
                                <Impact>{reasons}</Impact>
                            }
                        })}
                    <p class="muted">
                        "These are the people who were there when you chose. Whoever comes to match later is not among them. Each is looked at again in their turn: who has changed meanwhile is treated as they are then, and the summary says so."
                    </p>
                    {number.map(|number| view! { <TypeNumber number /> })}
                </PanelBody>
                <Confirm chosen />
            </Panel>
        </form>
    }
    .into_any()
}

/// The node to move to.
#[component]
fn Where(rest: i64, nodes: Vec<NodeInTree>, to: Option<NodeId>) -> impl IntoView {
    let choices: Vec<Choice> = node_choices_with(&nodes, Privilege::ManageUsers);
    view! {
        <Panel id="where" title="Where to" lead=format!("{} chosen.", counted(rest, "user is", "users are"))>
            <PanelBody>
                <form class="filter" method="get" action=PAGE>
                    <Select
                        choices
                        chosen=to.map(|node| node.to_string())
                        width=Width::Content
                        attr:name="node"
                        attr:aria-label="Node they move to"
                    />
                    <Button icon="move">"Show what happens"</Button>
                    <ButtonLink href="/users" kind=Kind::Quiet>
                        "Leave them where they are"
                    </ButtonLink>
                </form>
            </PanelBody>
        </Panel>
    }
    .into_any()
}

/// Where the number of those who are deleted is typed.
#[component]
fn TypeNumber(number: i64) -> impl IntoView {
    let again = again("many");
    view! {
        <Field name="typed" label=format!("Type {} to delete that many users", figure(number)) error=again.error("typed")>
            <Input
                size=InputSize::Number
                value=again.value("typed")
                attr:inputmode="numeric"
                attr:autocomplete="off"
                attr:required=true
            />
        </Field>
    }
}

/// The button that does it, and the way back.
#[component]
fn Confirm(chosen: Chosen) -> impl IntoView {
    if chosen.will == 0 && chosen.position == 0 {
        return view! {
            <PanelFoot words="There is nothing to do.">
                <ButtonLink href="/users">"Back to users"</ButtonLink>
            </PanelFoot>
        }
        .into_any();
    }
    let kind = match chosen.deed {
        Deed::Lock | Deed::Delete => Kind::Sure,
        _ => Kind::Primary,
    };
    view! {
        <PanelFoot>
            <ButtonLink href="/users">"Leave all as they are"</ButtonLink>
            <Button kind>{verb(chosen.deed, chosen.will)}</Button>
        </PanelFoot>
    }
    .into_any()
}

/// The buttons under a list of people, for those who are ticked.
#[component]
pub fn ForChosen() -> impl IntoView {
    [Deed::Invite, Deed::Move, Deed::Unlock, Deed::Lock, Deed::Delete]
        .into_iter()
        .map(|deed| {
            let kind = match deed {
                Deed::Lock | Deed::Delete => Kind::Danger,
                _ => Kind::Plain,
            };
            view! {
                <Button size=Size::Small kind icon=picture(deed) attr:name="deed" attr:value=deed.as_str()>
                    {name(deed)}
                </Button>
            }
        })
        .collect_view()
}

/// What the list was narrowed by, for the forms that act on it.
#[component]
pub fn NarrowedBy(asked: ListQuery) -> impl IntoView {
    let node = asked.node.map(|node| node.to_string()).unwrap_or_default();
    view! {
        <input type="hidden" name="q" value=asked.q />
        <input type="hidden" name="state" value=asked.state />
        <input type="hidden" name="node" value=node />
    }
}

/// The form for everybody who matches, on every page of the list.
#[component]
pub fn ForAll(asked: ListQuery, total: i64) -> impl IntoView {
    let choices = Deed::ALL
        .iter()
        .map(|deed| Choice::new(deed.as_str(), name(*deed)))
        .collect();
    view! {
        <form class="filter" method="post" action=ChooseUsers::url() aria-label="All that match">
            <NarrowedBy asked />
            <input type="hidden" name="everyone" value="on" />
            <span class="muted">{format!("All {} that match:", counted(total, "user", "users"))}</span>
            <Select choices width=Width::Content attr:name="deed" attr:aria-label="What to do with all that match" />
            <Button size=Size::Small>"Look at it first"</Button>
        </form>
    }
}

#[server(endpoint = "users/choose")]
pub async fn choose_users(
    deed: Deed,
    #[server(default)] people: Vec<UserId>,
    #[server(default)] everyone: String,
    #[server(default)] q: String,
    #[server(default)] state: String,
    #[server(default)] node: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    use directory::admin::many::{Choice, choose};
    let (db, admin) = admin().await?;
    let from = Query::of("/users")
        .and("q", q.clone())
        .and("state", state.clone())
        .and("node", node.clone());
    let choice = if everyone.is_empty() {
        Choice::These(people)
    } else {
        Choice::Matching(ListQuery {
            q,
            state,
            node: node.trim().parse().ok().map(NodeId),
            ..ListQuery::default()
        })
    };
    let chosen = choose(&db, &admin, deed, choice).await;
    let form = Form::button(from.href().as_text());
    answer(form, chosen.map(|()| Done::at(PAGE))).await
}

#[server(endpoint = "users/chosen")]
pub async fn chosen_users(
    #[server(default)] node: Option<NodeId>,
) -> Result<Option<Chosen>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::many::chosen(&db, &admin, node).await?)
}

#[server(endpoint = "users/carry_out")]
pub async fn carry_out(
    plan: String,
    #[server(default)] node: Option<NodeId>,
    #[server(default)] typed: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = Query::of(PAGE).and(
        "node",
        node.map(|node| node.to_string()).unwrap_or_default(),
    );
    let form = Form::new("many", page.href().as_text()).keeps("typed", &typed);
    let outcome = directory::admin::many::carry_out(&db, &admin, &plan, node, &typed).await;
    let said = |outcome: Outcome| {
        let deed = outcome.deed.unwrap_or(Deed::Lock);
        Done::at(PAGE).says(done(deed, &outcome))
    };
    answer(form, outcome.map(said)).await
}
