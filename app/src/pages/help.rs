//! The words of the console and how things go, on one page; the same link stands on every page.

use crate::components::badge::{self, Standing, State};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::layout::{Crumb, PageHead, PageSection, Section};
use crate::components::panel::{FactRow, Facts, Panel};
use crate::components::table::{Column, DataTable, List};
use crate::pages::frame::Page;
use leptos::prelude::*;

/// What identity providers say when something is wrong, and what to do.
const TROUBLES: [(&str, &str, &str); 6] = [
    (
        "The connection test fails with 401",
        "The token was not saved here, was revoked, or has ended.",
        "Open the connection, generate a token, press Save connection, paste the token into the identity provider.",
    ),
    (
        "Unable to update Group Push mapping: Not Found",
        "The identity provider knows an id that is not here any more, often after a user was deleted and added by hand.",
        "Remove the assignment of the user in the identity provider and assign them again, then push the group again.",
    ),
    (
        "A user arrives with 409",
        "The address belongs to somebody already, on this node or on another. An address is unique across all nodes.",
        "Search for the address here. Change one of the two, then retry in the identity provider.",
    ),
    (
        "A pushed group has no members here",
        "A group can only have members of the node of its connection.",
        "Assign the members to the application in the identity provider first, then push the group again.",
    ),
    (
        "A membership stays pending",
        "The team is not approved, or the user has not signed in, or is locked. The page of the user says which.",
        "Approve the team, or let the user sign in; then run Full Sync.",
    ),
    (
        "Signing out ends on an error page of the provider",
        "The provider does not know where to lead people back to. They are signed out here all the same.",
        "Copy the sign-out redirect URI from the page of the sign-in method into the identity provider.",
    ),
];

#[component]
pub fn HelpPage() -> impl IntoView {
    view! {
        <Page title="Help" section=Section::Elsewhere crumbs=vec![Crumb::here("Help")]>
            <PageHead title="Help" lead="What the words mean, how people get in, and what to do when they do not." />
            <div class="columns even">
                <HowItGoes />
                <Words />
            </div>
            <StatesOfUsers />
            <Troubles />
        </Page>
    }
}

#[component]
fn HowItGoes() -> impl IntoView {
    let steps = [
        (
            "Add a node",
            "Nodes: a country, a department, whatever has its own people.",
        ),
        (
            "Add a SCIM connection to it",
            "Copy the address and the token into the identity provider, and save here before you test.",
        ),
        (
            "Users and groups arrive",
            "Users are Invited, groups are pending teams, their members pending memberships.",
        ),
        (
            "Approve the teams",
            "One by one, or all of them with Full Sync, which can be repeated safely.",
        ),
        (
            "Users sign in",
            "With the first sign-in they become Active. It approves nothing of their own.",
        ),
        (
            "Approve the memberships",
            "By Full Sync again. It says what was approved, what still waits, and why.",
        ),
    ];
    let steps = (1..)
        .zip(steps)
        .map(|(number, (title, words))| {
            view! {
                <ListedStep state=StepState::Later(number) title>
                    <p>{words}</p>
                </ListedStep>
            }
        })
        .collect_view();
    view! {
        <Panel id="how" title="How people get in">
            <Steps>{steps}</Steps>
        </Panel>
    }
}

#[component]
fn StatesOfUsers() -> impl IntoView {
    let states: [(Standing, &str); 6] = [
        (
            badge::INVITED,
            "Is known, has not signed in yet. Memberships wait.",
        ),
        (
            badge::PENDING,
            "A role asks for their consent to transfer. They are led there after signing in; memberships wait.",
        ),
        (
            badge::BLOCKED,
            "Did not consent within seven days: signing in is refused until an administrator extends it.",
        ),
        (
            badge::ACTIVE,
            "Has signed in. Memberships of approved teams can be approved.",
        ),
        (
            badge::LOCKED,
            "Locked by an administrator, who alone can unlock. Sessions ended at once.",
        ),
        (
            badge::LOCKED_BY_IDP,
            "Deactivated or deleted in the identity provider, which alone takes it back.",
        ),
    ];
    let rows = states
        .into_iter()
        .map(|(of, words)| {
            view! {
                <tr>
                    <th scope="row">
                        <State of />
                    </th>
                    <td class="solo">{words}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="states" title="States of users">
            <List>
                <DataTable columns=vec![Column::named("State"), Column::named("Meaning")]>{rows}</DataTable>
            </List>
        </PageSection>
    }
}

#[component]
fn Words() -> impl IntoView {
    let words = [
        (
            "Node",
            "A place in the organisation. Every user, team and connection belongs to one.",
        ),
        (
            "Connection",
            "Lets one identity provider keep the users and teams of one node, by SCIM.",
        ),
        (
            "Token",
            "What the identity provider proves itself with. Shown once; two may be active at once.",
        ),
        (
            "Team",
            "A group of users, pushed by an identity provider. Pending until approved.",
        ),
        (
            "Membership",
            "A user’s place in a team. Approved after the team, once the user is active.",
        ),
        (
            "Full Sync",
            "Approves every team and membership that can be approved now.",
        ),
    ];
    let rows = words
        .into_iter()
        .map(|(name, meaning)| view! { <FactRow name>{meaning}</FactRow> })
        .collect_view();
    view! {
        <Panel id="words" title="Words">
            <Facts>{rows}</Facts>
        </Panel>
    }
}

#[component]
fn Troubles() -> impl IntoView {
    let rows = TROUBLES
        .into_iter()
        .map(|(what, why, then)| {
            view! {
                <tr>
                    <th scope="row">{what}</th>
                    <td data-label="Why">{why}</td>
                    <td data-label="What to do">{then}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="troubles" title="When something is wrong" lead="Every connection also lists its refused requests with what to do about each.">
            <List>
                <DataTable columns=vec![Column::named("What one sees"), Column::named("Why"), Column::named("What to do")]>
                    {rows}
                </DataTable>
            </List>
        </PageSection>
    }
}
