//! The style guide: every component in every state. In development builds only; a release answers 404.

mod controls;
mod lists;
mod said;
mod values;

use super::not_found::NotFoundPage;
use crate::components::layout::{Crumb, Frame, PageHead, PageSection, Section, Shell};
use leptos::prelude::*;

/// 2026-11-21 14:02:00 UTC: the guide looks the same every day.
const NOW: i64 = 1_795_269_720_000;

/// What a development build shows at `/styleguide`.
#[component]
pub fn StyleGuidePage() -> impl IntoView {
    if cfg!(debug_assertions) {
        view! { <Guide /> }.into_any()
    } else {
        view! { <NotFoundPage /> }.into_any()
    }
}

#[component]
fn Guide() -> impl IntoView {
    let frame = Frame {
        organisation: "Acme".to_owned(),
        person: "Ada Lovelace".to_owned(),
        person_page: "/styleguide".into(),
        to_approve: 17,
        sections: vec![
            Section::Overview,
            Section::Approvals,
            Section::Nodes,
            Section::Users,
            Section::Teams,
            Section::Roles,
            Section::Connections,
            Section::SignIn,
            Section::Events,
            Section::Settings,
        ],
        ..Frame::default()
    };
    view! {
        <Shell
            frame
            title="Style guide"
            section=Section::Settings
            crumbs=vec![Crumb::above("Acme", "/"), Crumb::here("Style guide")]
        >
            <PageHead
                title="Style guide"
                lead="Every component in every state. If a page needs something that is not here, it is added here first."
            />
            <values::Marks />
            <values::Colours />
            <values::Type />
            <values::States />
            <values::SmallThings />
            <controls::ButtonsOfAllKinds />
            <controls::Forms />
            <lists::FilterAndTabs />
            <lists::AList />
            <said::Notices />
            <div class="columns even">
                <said::ToastsOfAllTones />
                <controls::AMenu />
                <controls::ADialog />
                <lists::ATree />
            </div>
            <div class="columns even">
                <said::Steps />
                <said::Copying />
            </div>
            <values::Rolls />
            <said::PathOfAMembership />
            <said::History />
            <PageSection id="empties" title="Empty" lead="What it is, why it is empty, what to do.">
                <lists::Empties />
            </PageSection>
        </Shell>
    }
    .into_any()
}
