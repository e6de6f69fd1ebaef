//! The console: the document around every page, and the table of routes.

// The type of a page is as deep as the page.
#![recursion_limit = "256"]
#![expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]

pub mod appearance;
pub mod components;
pub mod error;
pub mod hydration;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
pub mod visit;
pub mod words;

use appearance::{Shortcuts, Theme};
use components::banner::Banner;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use pages::account::AccountPage;
use pages::approvals::ApprovalsPage;
use pages::confirm::ConfirmPage;
use pages::connection::{ConnectionPage, RemoveConnectionPage, RequestPage, RequestsPage};
use pages::connections::{AddMethodPage, ConnectionsPage, NewConnectionPage};
use pages::consent::{BlockedPage, ConsentPage};
use pages::events::EventsPage;
use pages::help::HelpPage;
use pages::invitation::{InvitationPage, LostInvitationPage};
use pages::node::NodePage;
use pages::nodes::NodesPage;
use pages::not_found::NotFoundPage;
use pages::onboarding::OnboardingPage;
use pages::overview::OverviewPage;
use pages::role::{RolePage, TeamRolePage};
use pages::roles::{NewRolePage, RolesPage};
use pages::search::SearchPage;
use pages::second_factor::{CodePage, SecondFactorPage};
use pages::set_up::SetUpPage;
use pages::settings::{DomainsPage, SettingsPage};
use pages::sign_in::SignInPage;
use pages::sign_in_method::{RemoveMethodPage, SignInMethodPage};
use pages::signed_out::SignedOutPage;
use pages::storm::StormPage;
use pages::styleguide::StyleGuidePage;
use pages::team::TeamPage;
use pages::teams::TeamsPage;
use pages::user::UserPage;
use pages::users::{BinPage, ImportPage, ManyPage, NewUserPage, UsersPage};
use pages::welcome::WelcomePage;

/// The document. The server provides the nonce of the response (`leptos::nonce::Nonce`) and, where the person
/// chose, their [`Theme`] and [`Shortcuts`].
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let theme = use_context::<Theme>().and_then(Theme::attribute);
    let shortcuts = use_context::<Shortcuts>().and_then(Shortcuts::attribute);
    let banner = visit::visit()
        .banner
        .map(|banner| view! { <Banner banner /> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-shortcuts=shortcuts>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=stylesheet />
                {hydration::head(options)}
                <MetaTags />
            </head>
            <body>
                {banner}
                <App />
            </body>
        </html>
    }
}

/// Every page of the console. Each waits for its data, so that it is whole without script too.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                <Route path=path!("/approvals") view=ApprovalsPage ssr=SsrMode::Async />
                <Route path=path!("/nodes") view=NodesPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id") view=NodePage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/methods/new") view=AddMethodPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/connection") view=ConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/connection/remove") view=RemoveConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/connection/storms/:storm") view=StormPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/connection/requests") view=RequestsPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/connection/requests/:request") view=RequestPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/sign-in") view=SignInMethodPage ssr=SsrMode::Async />
                <Route path=path!("/nodes/:id/sign-in/remove") view=RemoveMethodPage ssr=SsrMode::Async />
                <Route path=path!("/users") view=UsersPage ssr=SsrMode::Async />
                <Route path=path!("/users/new") view=NewUserPage ssr=SsrMode::Async />
                <Route path=path!("/users/many") view=ManyPage ssr=SsrMode::Async />
                <Route path=path!("/users/import") view=ImportPage ssr=SsrMode::Async />
                <Route path=path!("/users/bin") view=BinPage ssr=SsrMode::Async />
                <Route path=path!("/users/:id") view=UserPage ssr=SsrMode::Async />
                <Route path=path!("/teams") view=TeamsPage ssr=SsrMode::Async />
                <Route path=path!("/teams/:id") view=TeamPage ssr=SsrMode::Async />
                <Route path=path!("/roles") view=RolesPage ssr=SsrMode::Async />
                <Route path=path!("/roles/new") view=NewRolePage ssr=SsrMode::Async />
                <Route path=path!("/roles/team") view=TeamRolePage ssr=SsrMode::Async />
                <Route path=path!("/roles/:id") view=RolePage ssr=SsrMode::Async />
                <Route path=path!("/connections") view=ConnectionsPage ssr=SsrMode::Async />
                <Route path=path!("/connections/new") view=NewConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/events") view=EventsPage ssr=SsrMode::Async />
                <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/settings/domains") view=DomainsPage ssr=SsrMode::Async />
                <Route path=path!("/help") view=HelpPage ssr=SsrMode::Async />
                <Route path=path!("/welcome") view=WelcomePage ssr=SsrMode::Async />
                <Route path=path!("/confirm") view=ConfirmPage ssr=SsrMode::Async />
                <Route path=path!("/second-factor") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/account/second-factor") view=SecondFactorPage ssr=SsrMode::Async />
                <Route path=path!("/consent") view=ConsentPage ssr=SsrMode::Async />
                <Route path=path!("/blocked") view=BlockedPage ssr=SsrMode::Async />
                <Route path=path!("/onboarding/:step") view=OnboardingPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/signed-out") view=SignedOutPage ssr=SsrMode::Async />
                <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
                <Route path=path!("/invitation") view=InvitationPage ssr=SsrMode::Async />
                <Route path=path!("/invitation/again") view=LostInvitationPage ssr=SsrMode::Async />
                <Route path=path!("/styleguide") view=StyleGuidePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
