//! What all pages share: the frame with what the visit says, waiting for data, refusals, lists and forms.

use crate::components::badge::Tone;
use crate::components::button::ButtonLink;
use crate::components::form::Choice;
use crate::components::layout::{Crumb, Frame, PageHead, Section, Shell};
use crate::components::link::{Href, Query};
use crate::components::table::Part;
use crate::components::time::{Time, TimeOrNever};
use crate::components::toast::ToastText;
use crate::error::AppError;
use crate::visit::{Toast, ToastKind, Viewer, Visit, WHOLE, visit};
use crate::words;
use directory::model::id::NodeId;
use directory::model::node::{Node, NodeInTree};
use directory::model::query::{ListQuery, Listed};
use directory::model::role::{Privilege, RoleInList};
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::future::Future;

/// The parts of the console that stand, and the privilege that opens each; none where any does.
const SECTIONS: [(Section, Option<Privilege>); 9] = [
    (Section::Overview, None),
    (Section::Approvals, Some(Privilege::ManageTeams)),
    (Section::Nodes, None),
    (Section::Users, Some(Privilege::ManageUsers)),
    (Section::Teams, Some(Privilege::ManageTeams)),
    (Section::Roles, Some(Privilege::ManageRoles)),
    (Section::Connections, Some(Privilege::ManageConnections)),
    (Section::Events, Some(Privilege::ReadEvents)),
    (Section::Settings, None),
];

/// A page of the console. The crumbs stand below the organisation, which leads to the overview.
#[component]
pub fn Page(
    #[prop(into)] title: String,
    section: Section,
    crumbs: Vec<Crumb>,
    children: Children,
) -> impl IntoView {
    let visit = visit();
    let organisation = if visit.organisation.is_empty() {
        "Overview"
    } else {
        &visit.organisation
    };
    let top = if crumbs.is_empty() {
        Crumb::here(organisation)
    } else {
        Crumb::above(organisation, "/")
    };
    let crumbs = std::iter::once(top).chain(crumbs).collect();
    view! {
        <Shell frame=frame(visit) title section crumbs>
            {children()}
        </Shell>
    }
}

fn frame(visit: Visit) -> Frame {
    let sections = visit.viewer.as_ref().map_or_else(Vec::new, sections_of);
    Frame {
        organisation: visit.organisation,
        person: visit.viewer.map(|viewer| viewer.name).unwrap_or_default(),
        person_page: Href::internal("/welcome"),
        to_approve: words::number(visit.approvals),
        sections,
        toasts: visit.flash.toasts.into_iter().map(toast).collect(),
    }
}

/// The parts of the console that a person may open.
fn sections_of(viewer: &Viewer) -> Vec<Section> {
    let is_open = |needed: Option<Privilege>| match needed {
        None => viewer.is_administrator,
        Some(privilege) => viewer.privileges.contains(&privilege),
    };
    let open = SECTIONS.into_iter().filter(|(_, needed)| is_open(*needed));
    open.map(|(section, _)| section).collect()
}

/// Whether whoever looks has a privilege anywhere.
pub fn may_somewhere(privilege: Privilege) -> bool {
    let viewer = visit().viewer;
    viewer.is_some_and(|viewer| viewer.privileges.contains(&privilege))
}

/// What just happened; *Team approvals:* and the like stand out from how it ended.
pub fn toast(toast: Toast) -> ToastText {
    let tone = match toast.kind {
        ToastKind::Done => Tone::Good,
        ToastKind::Waiting => Tone::Wait,
        ToastKind::Failed => Tone::Stop,
    };
    let (what, then) = match toast.text.split_once(": ") {
        Some((what, then)) => (format!("{what}:"), then.to_owned()),
        None => (String::new(), toast.text),
    };
    ToastText {
        tone,
        what,
        then,
        details: toast
            .more
            .map(|(page, words)| (words, Href::internal(page))),
    }
}

/// Waits for what a page asked for, then shows it; or says why it cannot.
pub fn shown<T, V>(
    section: Section,
    asked: impl Future<Output = Result<T, AppError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        match asked.await {
            Ok(found) => show(found).into_any(),
            Err(error) => view! { <Failure error section /> }.into_any(),
        }
    })
}

/// Why a page cannot be shown. The answer has got its status already, where the error was made.
#[component]
pub fn Failure(error: AppError, section: Section) -> impl IntoView {
    let title = match &error {
        AppError::SignedOut => "You are signed out",
        AppError::Forbidden(_) => "You may not open this page",
        AppError::NotFound => "Nothing is here",
        _ => "This page cannot be shown",
    };
    let lead = match &error {
        AppError::NotFound => {
            "It was removed, never existed, or lies where you may not look.".to_owned()
        }
        other => other.to_string(),
    };
    let (href, words) = if error == AppError::SignedOut {
        ("/sign-in", "Sign in")
    } else {
        (section.path(), section.words())
    };
    view! {
        <Page title section crumbs=vec![Crumb::here(title)]>
            <PageHead title lead>
                <ButtonLink href>{words}</ButtonLink>
            </PageHead>
        </Page>
    }
}

/// How long ago.
#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    view! { <Time at=at.0 now=visit().now.0 /> }
}

/// How long ago, or *never*.
#[component]
pub fn AgoOrNever(at: Option<Timestamp>) -> impl IntoView {
    view! { <TimeOrNever at=at.map(|at| at.0) now=visit().now.0 /> }
}

/// A step of the address, such as `{id}`; empty where the address has none.
pub fn of_path(name: &str) -> String {
    use_params_map()
        .read_untracked()
        .get(name)
        .unwrap_or_default()
}

/// The node in the address. What is no number is a node nobody has.
pub fn node_of_path() -> NodeId {
    NodeId(of_path("id").parse().unwrap_or_default())
}

/// The crumbs of the nodes that lead to a page.
pub fn crumbs_of(path: &[Node]) -> Vec<Crumb> {
    path.iter()
        .filter(|node| node.parent_id.is_some())
        .map(|node| Crumb::above(node.name.clone(), format!("/nodes/{}", node.id)))
        .collect()
}

/// The way from the top to a node: *Acme › Europe › Berlin*.
pub fn way_to(path: &[Node]) -> String {
    path.iter()
        .map(|node| node.name.as_str())
        .collect::<Vec<_>>()
        .join(" › ")
}

/// What the address asks of a list.
pub fn asked_of(here: &Query) -> ListQuery {
    let number = |key| here.value(key).and_then(|value| value.parse().ok());
    ListQuery {
        q: here.value("q").unwrap_or_default(),
        state: here.value("state").unwrap_or_default(),
        node: number("node").map(NodeId),
        sort: here.value("sort").unwrap_or_default(),
        page: number("page").unwrap_or(1),
        rows: number("rows").unwrap_or_default(),
    }
}

/// Which part of a list is shown, and the ways on.
pub fn part_of<T>(listed: &Listed<T>, asked: &ListQuery, here: &Query) -> Part {
    let before = asked.offset();
    let shown = i64::try_from(listed.rows.len()).unwrap_or_default();
    let page = asked.page.max(1);
    Part {
        first: words::number(if shown > 0 { before + 1 } else { 0 }),
        last: words::number(if shown > 0 { before + shown } else { 0 }),
        total: words::number(listed.total),
        previous: (page > 1).then(|| here.place("page", (page - 1).to_string())),
        next: (before + shown < listed.total && shown > 0)
            .then(|| here.place("page", (page + 1).to_string())),
    }
}

/// How many match: *412 of 1,284 match this filter.*
pub fn lead_of<T>(listed: &Listed<T>, one: &str, many: &str) -> String {
    match (listed.total, listed.all) {
        (total, all) if total == all => format!("{}.", words::counted(all, one, many)),
        (total, all) => format!(
            "{} of {} match this filter.",
            words::figure(total),
            words::figure(all)
        ),
    }
}

/// The nodes to choose from, each set in below the one above it.
pub fn node_choices(tree: &[NodeInTree]) -> Vec<Choice> {
    tree.iter()
        .map(|node| {
            let depth = usize::try_from(node.depth).unwrap_or_default();
            Choice::new(
                node.id.to_string(),
                format!("{}{}", "\u{2003}".repeat(depth), node.name),
            )
        })
        .collect()
}

/// The nodes where the administrator has a privilege, to choose from.
pub fn node_choices_with(tree: &[NodeInTree], privilege: Privilege) -> Vec<Choice> {
    let there: Vec<NodeInTree> = tree
        .iter()
        .filter(|node| node.lets(privilege))
        .cloned()
        .collect();
    node_choices(&there)
}

/// Roles to choose from.
pub fn role_choices(roles: impl Iterator<Item = RoleInList>) -> Vec<Choice> {
    roles
        .map(|role| {
            Choice::new(
                role.id.to_string(),
                format!("{} ({})", role.name, role.node_name),
            )
        })
        .collect()
}

/// The form of this name, if it was refused: what was typed, and what was wrong.
#[derive(Clone, Copy)]
pub struct Again {
    form: &'static str,
}

/// Whether a form of this page comes back.
pub fn again(form: &'static str) -> Again {
    Again { form }
}

impl Again {
    /// What was typed into a field.
    pub fn value(&self, field: &str) -> Option<String> {
        visit().flash.value(self.form, field)
    }

    /// Whether a box is ticked: of a form that comes back whole, one that was not sent was not.
    pub fn is_ticked(&self, field: &str, saved: bool) -> bool {
        match self.value(field) {
            Some(value) => !value.is_empty(),
            None => saved && !self.is_whole(),
        }
    }

    /// Whether all of the form comes back as it was sent, not only what was wrong.
    pub fn is_whole(&self) -> bool {
        self.value(WHOLE).is_some()
    }

    /// What was wrong with a field.
    pub fn error(&self, field: &str) -> Option<String> {
        visit().flash.error(self.form, field)
    }

    /// All that was wrong, for the summary above the form.
    pub fn errors(&self) -> Vec<String> {
        let refused = visit()
            .flash
            .refused
            .filter(|refused| refused.form == self.form);
        let errors = refused.map(|refused| refused.errors).unwrap_or_default();
        errors.into_iter().map(|(_, error)| error).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_of_approvals_stands_out_from_what_it_is_about() {
        let text = toast(Toast {
            kind: ToastKind::Waiting,
            text: "Team member approvals: 14 approved, 2 waiting (users not active yet)".to_owned(),
            more: None,
        });
        assert_eq!(text.what, "Team member approvals:");
        assert_eq!(text.then, "14 approved, 2 waiting (users not active yet)");
        assert_eq!(text.tone, Tone::Wait);
    }

    #[test]
    fn a_part_of_a_list_knows_the_ways_on() {
        let asked = ListQuery {
            page: 2,
            rows: 10,
            ..ListQuery::default()
        };
        let listed = Listed {
            rows: vec![0; 10],
            total: 25,
            all: 25,
        };
        let part = part_of(&listed, &asked, &Query::of("/users"));
        assert_eq!((part.first, part.last, part.total), (11, 20, 25));
        assert_eq!(part.next, Some(Href::internal("/users?page=3")));
        assert_eq!(part.previous, Some(Href::internal("/users?page=1")));
    }
}
