//! One role: who holds it, which teams hold it, what it gives at which nodes, what it is called and whom it is for.

mod assign;
mod policies;
mod privileges;
mod settings;
mod teams;
mod users;

pub use assign::TeamRolePage;
pub use policies::EffectivePolicies;
pub use settings::WhomFor;
pub use teams::{RolesOfTeam, roles_of_team};
pub use users::RolesOfUser;

use crate::components::badge::Tag;
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::link::Query;
use crate::components::notice::{Notice, NoticeSign};
use crate::components::tabs::{Tab, Tabs};
use crate::error::AppError;
use crate::pages::events::EventDays;
use crate::pages::frame::{Page, asked_of, crumbs_of, of_path, shown};
use crate::words::{number, roles};
use directory::model::id::RoleId;
use directory::model::query::ListQuery;
use directory::model::role::{Hand, RoleDetail};
use leptos::prelude::*;
use policies::Policies;
use privileges::Privileges;
use settings::RoleSettings;
use teams::Teams;
use users::Users;

#[component]
pub fn RolePage() -> impl IntoView {
    let (id, here) = (RoleId(of_path("id")), Query::current());
    let asked = asked_of(&here);
    let finding = one_role(id, asked.clone());
    shown(Section::Roles, finding, move |found| {
        let name = found.role.name.clone();
        let mut crumbs = crumbs_of(&found.path);
        crumbs.push(Crumb::above("Roles", "/roles"));
        crumbs.push(Crumb::here(name.clone()));
        let shown = here.value("show").unwrap_or_default();
        view! {
            <Page title=name section=Section::Roles crumbs>
                <Head found=found.clone() />
                <HandNotice found=found.clone() />
                <Tabs tabs=tabs(&found, &shown) label=found.role.name.clone() />
                {match shown.as_str() {
                    "teams" => view! { <Teams found /> }.into_any(),
                    "policies" => view! { <Policies found /> }.into_any(),
                    "privileges" => view! { <Privileges found /> }.into_any(),
                    "settings" => view! { <RoleSettings found /> }.into_any(),
                    "history" => view! { <History found /> }.into_any(),
                    _ => view! { <Users found asked=asked.clone() here=here.clone() /> }.into_any(),
                }}
            </Page>
        }
    })
}

/// The address of a part of the page of a role.
fn page_of(id: &RoleId, part: &str) -> String {
    format!("/roles/{id}?show={part}")
}

fn tabs(found: &RoleDetail, shown: &str) -> Vec<Tab> {
    let tab = |words: &str, part: &str| {
        let href = Query::of(format!("/roles/{}", found.role.id)).with("show", part);
        Tab::new(words, href).shown_if(shown == part || (shown.is_empty() && part == "users"))
    };
    let teams = u64::try_from(found.teams.len()).unwrap_or_default();
    let nodes = u64::try_from(found.managed.len()).unwrap_or_default();
    let policies = u64::try_from(found.policies.len()).unwrap_or_default();
    vec![
        tab("Users", "users").counting(number(found.users.total)),
        tab("Teams", "teams").counting(teams),
        tab("Privileges", "privileges").counting(nodes),
        tab("Policies", "policies").counting(policies),
        tab("Settings", "settings"),
        tab("History", "history"),
    ]
}

#[component]
fn Head(found: RoleDetail) -> impl IntoView {
    let role = found.role.clone();
    let kind = roles::kind(&role);
    let is_administrative = role.is_administrative();
    let node = found.node.clone();
    let facts = move || {
        let node = node.clone();
        view! {
            <Fact icon="nodes">{node.name}</Fact>
            {role.visible_below.then(|| view! { <Fact icon="down">"Nodes below may use it"</Fact> })}
            {role.for_new_users.then(|| view! { <Fact icon="users">"New users hold it from the beginning"</Fact> })}
            {role.built_in.then(|| view! { <Fact icon="lock">"Came with the installation"</Fact> })}
        }
    };
    let beside = move || is_administrative.then(|| view! { <Tag>{kind}</Tag> });
    view! { <PageHead title=found.role.name beside facts /> }
}

/// Why an administrator may not do all that the page is for.
#[component]
fn HandNotice(found: RoleDetail) -> impl IntoView {
    let words = match found.hand {
        Hand::Change => return ().into_any(),
        Hand::Give => {
            "It belongs to a node above. You can give it to the people and teams you manage roles of; its own administrators change it."
        }
        Hand::Look => {
            "It gives more than you have yourself, so you cannot change it, give it or take it. Ask an administrator who has all of it."
        }
    };
    view! {
        <Notice sign=NoticeSign::INFO title="You can look at this role">
            <p>{words}</p>
        </Notice>
    }
    .into_any()
}

#[component]
fn History(found: RoleDetail) -> impl IntoView {
    let lead = if found.events.is_empty() {
        "Nothing you may read."
    } else {
        "What changed of the role itself. Who was given it, is told on their own pages."
    };
    view! {
        <PageSection id="history" title="History" lead>
            <EventDays events=found.events />
        </PageSection>
    }
}

#[server(endpoint = "roles/one")]
pub async fn one_role(id: RoleId, query: ListQuery) -> Result<RoleDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::roles::get(&db, &admin, &id, &query).await?)
}
