//! Filters, tabs, lists, the tree, empty pages.

use super::NOW;
use crate::components::badge::{ACTIVE, INVITED, Provenance, Source, State};
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::empty_state::{EmptyState, Way};
use crate::components::form::{Chip, Chips, Choice, Filter, Select, Width};
use crate::components::layout::PageSection;
use crate::components::link::Query;
use crate::components::menu::{IN_A_ROW, Menu, MenuLink};
use crate::components::node_tree::{Branch, BranchPlace, NodeTree};
use crate::components::table::{Bulk, Column, DataTable, List, ListFoot, Part, Pick, Who};
use crate::components::tabs::{Tab, Tabs};
use crate::components::time::TimeOrNever;
use leptos::prelude::*;

#[component]
pub fn FilterAndTabs() -> impl IntoView {
    let here = Query::current();
    let tabs = vec![
        Tab::new("All", "#filters").counting(412).shown_if(true),
        Tab::of(INVITED, "#filters").counting(23),
        Tab::new("Events", "#filters"),
    ];
    let chips = [("node", "Europe and below"), ("state", "Invited")]
        .map(|(what, by)| Chip {
            what: what.to_owned(),
            by: by.to_owned(),
            without: here.without(what),
        })
        .to_vec();
    view! {
        <PageSection id="filters" title="Filter and tabs" lead="The address of the page is the only state.">
            <div class="stack tight">
                <Tabs tabs label="Example" />
                <Filter label="Name, address or id" searched=here.value("q")>
                    <Select
                        choices=vec![Choice::new("", "Any node"), Choice::new("2", "Berlin")]
                        width=Width::Content
                        attr:name="node"
                        attr:aria-label="Node"
                    />
                </Filter>
                <Chips chips clear=here.plain() />
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn AList() -> impl IntoView {
    let here = Query::current();
    let columns = vec![
        Column::pick("Choose all on this page"),
        Column::named("User").sorted_by("name"),
        Column::named("State").sorted_by("state"),
        Column::named("Kept by"),
        Column::number("Last sign-in").sorted_by("seen"),
        Column::more(),
    ];
    let part = Part {
        first: 1,
        last: 2,
        total: 412,
        previous: None,
        next: Some(here.place("page", "2")),
    };
    view! {
        <PageSection id="lists" title="List" lead="A table; cards below 40 rem of its own width.">
            <List>
                <form method="get" aria-label="Users">
                    <DataTable columns here usual_sort="name">
                        <AdaInAList />
                        <GraceInAList />
                    </DataTable>
                    <Bulk>
                        <Button size=Size::Small icon="mail">
                            "Resend invitation"
                        </Button>
                        <Button size=Size::Small kind=Kind::Danger icon="lock">
                            "Lock users"
                        </Button>
                    </Bulk>
                    <ListFoot part />
                </form>
            </List>
        </PageSection>
    }
    .into_any()
}

#[component]
fn AdaInAList() -> impl IntoView {
    view! {
        <tr>
            <Pick name="user" value="1" label="Choose Ada Lovelace" />
            <th scope="row">
                <Who name="Ada Lovelace" href="#lists" second="ada@acme.example" />
            </th>
            <td class="solo">
                <State of=ACTIVE />
            </td>
            <td class="wide">
                <Provenance from=Source::Idp("Okta".to_owned()) />
            </td>
            <td class="number brief">
                <TimeOrNever at=Some(NOW - 7_200_000) now=NOW />
            </td>
            <td class="more">
                <Menu id="ada-acts" label="Actions for Ada Lovelace" class=IN_A_ROW>
                    <MenuLink icon="move" href="#lists">
                        "Move to another node"
                    </MenuLink>
                </Menu>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn GraceInAList() -> impl IntoView {
    view! {
        <tr>
            <Pick name="user" value="2" label="Choose Grace Hopper" />
            <th scope="row">
                <Who name="Grace Hopper" href="#lists" second="grace@acme.example" />
            </th>
            <td class="solo">
                <State of=INVITED next="link expires in 2 days".to_owned() />
            </td>
            <td class="wide">
                <Provenance from=Source::Here />
            </td>
            <td class="number brief">
                <TimeOrNever at=None now=NOW />
            </td>
            <td class="more"></td>
        </tr>
    }
    .into_any()
}

fn node(
    name: &str,
    users: u64,
    tag: Option<&str>,
    place: BranchPlace,
    below: Vec<Branch>,
) -> Branch {
    Branch {
        name: name.to_owned(),
        href: "#tree".into(),
        users,
        tag: tag.map(str::to_owned),
        place,
        below,
    }
}

#[component]
pub fn ATree() -> impl IntoView {
    let berlin = node("Berlin", 412, Some("Okta"), BranchPlace::Here, Vec::new());
    let amsterdam = node("Amsterdam", 69, None, BranchPlace::Closed, Vec::new());
    let toronto = node("Toronto", 120, None, BranchPlace::Closed, Vec::new());
    let europe = node(
        "Europe",
        481,
        None,
        BranchPlace::Open,
        vec![berlin, amsterdam],
    );
    let americas = node(
        "Americas",
        803,
        Some("Entra ID"),
        BranchPlace::Closed,
        vec![toronto],
    );
    let labs = node("Labs", 0, None, BranchPlace::Closed, Vec::new());
    let root = node(
        "Acme",
        1284,
        None,
        BranchPlace::Open,
        vec![europe, americas, labs],
    );
    view! {
        <PageSection id="tree" title="Node tree" lead="Opens without script.">
            <div class="panel">
                <div class="body guide-pad">
                    <NodeTree root />
                </div>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Empties() -> impl IntoView {
    let ways = vec![
        Way {
            icon: "connections",
            title: "Connect Okta".to_owned(),
            words: "Or another identity provider. People and groups arrive and stay up to date."
                .to_owned(),
            act: "Add connection".to_owned(),
            href: "#empties".into(),
        },
        Way {
            icon: "mail",
            title: "Invite one person".to_owned(),
            words: "A name and an address are enough. Good for a first try.".to_owned(),
            act: "Add user".to_owned(),
            href: "#empties".into(),
        },
    ];
    view! {
        <div class="stack">
            <EmptyState
                title="The line is empty"
                words="Users are the people of Acme. An identity provider sends them here, or you add them."
                ways
            />
            <EmptyState
                title="No requests match this filter"
                words="2,914 requests are kept. The oldest is from 22 October."
            >
                <ButtonLink href="#empties">"Clear all filters"</ButtonLink>
            </EmptyState>
        </div>
    }
    .into_any()
}
