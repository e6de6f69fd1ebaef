//! What holds for the whole installation, and how the console looks to this browser.

mod domains;
mod mail;

pub use domains::DomainsPage;

use crate::appearance::{Shortcuts, Theme};
use crate::components::button::Button;
use crate::components::form::{Choice, Field, FormErrors, Input, InputSize, Select};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::panel::{Panel, PanelBody, PanelFoot, Setting, Settings as SettingList};
use crate::error::AppError;
use crate::pages::frame::{Page, again, shown};
use directory::model::settings::{Settings, Switch};
use domains::DomainsLink;
use leptos::prelude::*;
use mail::{Mail, MailPanel, read_mail};
use server_fn::ServerFn;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let asked = async {
        let settings = read_settings().await?;
        Ok((settings, read_mail().await?, read_request_days().await?))
    };
    shown(
        Section::Settings,
        asked,
        |(settings, mail, days): (Option<Settings>, Mail, Option<i64>)| {
            view! {
                <Page title="Settings" section=Section::Settings crumbs=vec![Crumb::here("Settings")]>
                    <PageHead title="Settings" lead="What holds for the whole installation, and how the console looks to you." />
                    <div class="columns">
                        <div class="stack">
                            {settings.map(|settings| view! { <ApprovalSettings settings /> })}
                            // Both are for whoever manages connections at the top.
                            {days.map(|_| view! { <DomainsLink /> })}
                            <MailPanel mail />
                            {days.map(|days| view! { <RequestSettings days /> })}
                        </div>
                        <Appearance />
                    </div>
                </Page>
            }
        },
    )
}

#[component]
fn ApprovalSettings(settings: Settings) -> impl IntoView {
    let again = again("save-settings");
    let is_on = settings.approve_at_sign_in == Switch::On;
    view! {
        <form method="post" action=SaveSettings::url()>
            <Panel id="approvals" title="Approvals">
                <FormErrors errors=again.errors() />
                <SettingList>
                    <Setting
                        name="Approve when an administrator signs in"
                        hint="Signing in approves what can be approved at the nodes the administrator manages, as Full Sync does. Never anything of their own."
                    >
                        <input
                            class="switch"
                            type="checkbox"
                            role="switch"
                            name="approve_at_sign_in"
                            value="on"
                            aria-label="Approve when an administrator signs in"
                            checked=is_on
                        />
                    </Setting>
                </SettingList>
                <PanelFoot words="Full Sync can be run at any time, whatever is set.">
                    <Button>"Save settings"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn RequestSettings(days: i64) -> impl IntoView {
    let again = again("save-requests");
    let error = again.error("days");
    view! {
        <form method="post" action=KeepRequests::url()>
            <Panel id="requests" title="Log of requests" lead="Every request of an identity provider, with its answer and what it changed.">
                <PanelBody>
                    <Field name="days" label="Keep requests for so many days" hint="From 1 to 365. Older ones are forgotten within the hour." error>
                        <Input
                            value=again.value("days").unwrap_or_else(|| days.to_string())
                            kind="number"
                            size=InputSize::Number
                            attr:min="1"
                            attr:max="365"
                            attr:required=true
                        />
                    </Field>
                </PanelBody>
                <PanelFoot words="Events are kept for ever, whatever is set.">
                    <Button>"Save days"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn Appearance() -> impl IntoView {
    let chosen = use_context::<Theme>().unwrap_or_default().word();
    let choices = vec![
        Choice::new("system", "As the system says"),
        Choice::new("light", "Light"),
        Choice::new("dark", "Dark"),
    ];
    let listens = use_context::<Shortcuts>().unwrap_or_default();
    let keys = vec![
        Choice::new("on", "Shortcuts on"),
        Choice::new("off", "Shortcuts off"),
    ];
    view! {
        <Panel id="appearance" title="Appearance" lead="Kept in this browser alone.">
            <PanelBody>
                <form class="stack tight" method="post" action=ChooseAppearance::url()>
                    <Field name="theme" label="Theme">
                        <Select choices chosen=Some(chosen.to_owned()) />
                    </Field>
                    <Field name="shortcuts" label="Keyboard" hint="Letters that lead somewhere: / to search, ? for all commands, g and a letter to go to a page.">
                        <Select choices=keys chosen=Some(listens.word().to_owned()) />
                    </Field>
                    <div class="buttons">
                        <Button>"Save appearance"</Button>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

/// None where the administrator may not know.
#[server(endpoint = "settings/get")]
pub async fn read_settings() -> Result<Option<Settings>, AppError> {
    use crate::server::{admin, if_allowed};
    let (db, admin) = admin().await?;
    if_allowed(directory::admin::settings::get(&db, &admin).await)
}

#[server(endpoint = "settings/save")]
pub async fn save_settings(approve_at_sign_in: Option<String>) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let approve_at_sign_in = approve_at_sign_in.map_or(Switch::Off, |_| Switch::On);
    let saved =
        directory::admin::settings::save(&db, &admin, Settings { approve_at_sign_in }).await;
    let done = |()| Done::at("/settings").says("The settings were saved.");
    answer(Form::new("save-settings", "/settings"), saved.map(done)).await
}

#[server(endpoint = "settings/request_days")]
pub async fn read_request_days() -> Result<Option<i64>, AppError> {
    use crate::server::{admin, if_allowed};
    let (db, admin) = admin().await?;
    if_allowed(directory::admin::requests::days(&db, &admin).await)
}

#[server(endpoint = "settings/keep_requests")]
pub async fn keep_requests(days: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    // What is no number is none of those that can be kept.
    let wanted = days.trim().parse().unwrap_or_default();
    let saved = directory::admin::requests::keep_days(&db, &admin, wanted).await;
    let done = |()| Done::at("/settings").says("The settings were saved.");
    let form = Form::new("save-requests", "/settings").keeps("days", &days);
    answer(form, saved.map(done)).await
}

#[server(endpoint = "settings/appearance")]
pub async fn choose_appearance(theme: String, shortcuts: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, keep_in_browser, user};
    user().await?;
    keep_in_browser(Theme::COOKIE, Theme::read(&theme).word());
    keep_in_browser(Shortcuts::COOKIE, Shortcuts::read(&shortcuts).word());
    answer(
        Form::button("/settings"),
        Ok::<_, AppError>(Done::at("/settings")),
    )
    .await
}
