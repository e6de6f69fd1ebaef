//! What a role asks of those who hold it; and on the page of a person what holds for them, and which role decided.

use crate::components::button::{Button, Kind};
use crate::components::form::{Choice, Field, FormErrors, Input, Select, Tick, Width};
use crate::components::panel::{Panel, PanelBody, PanelFoot, Setting, Settings};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::again;
use crate::words::listed;
use crate::words::roles::{asks, asks_what, held_value};
use directory::model::id::RoleId;
use directory::model::policy::{Effective, MOST_DAYS, Policy};
use directory::model::role::{Hand, RoleDetail};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn Policies(found: RoleDetail) -> impl IntoView {
    let again = again("policies");
    let (errors, wrong) = (
        again.errors(),
        again.error(Policy::AllowedAddresses.as_str()),
    );
    let kept = found.policies.clone();
    let value = move |policy: Policy| {
        let typed = again.value(policy.as_str());
        typed.unwrap_or_else(|| {
            if again.is_whole() {
                return String::new();
            }
            let kept = kept.iter().find(|one| one.policy == policy);
            kept.map(|one| one.value.clone()).unwrap_or_default()
        })
    };
    let can_change = found.hand == Hand::Change;
    let sends = vec![
        Choice::new("", "As the node says"),
        Choice::new("on", "Sent by itself"),
        Choice::new("off", "Not sent by itself"),
    ];
    let switch = |policy| {
        let is_on = Tick::from(!value(policy).is_empty());
        view! { <SwitchOf policy is_on /> }
    };
    let keeps_address = switch(Policy::KeepAddress);
    let before_and_after = [
        Policy::SecondFactor,
        Policy::TransferConsent,
        Policy::Onboarding,
        Policy::Tour,
    ]
    .map(switch)
    .collect_view();
    let (mail, again_after, networks) = (
        value(Policy::InvitationMail),
        value(Policy::ResendInvitations),
        value(Policy::AllowedAddresses),
    );
    view! {
        <form method="post" action=SavePolicies::url()>
            <input type="hidden" name="role" value=found.role.id.to_string() />
            <Panel id="policies" title="Policies" lead="When somebody holds several roles, the strictest value holds. Their page says which role decided.">
                <FormErrors errors />
                <Settings>
                    <Setting name=asks(Policy::InvitationMail) hint=asks_what(Policy::InvitationMail)>
                        <Select
                            choices=sends
                            chosen=Some(mail)
                            width=Width::Content
                            attr:name=Policy::InvitationMail.as_str()
                            attr:aria-label=asks(Policy::InvitationMail)
                        />
                    </Setting>
                    <Setting name=asks(Policy::ResendInvitations) hint=asks_what(Policy::ResendInvitations)>
                        <input
                            class="input number"
                            type="number"
                            name=Policy::ResendInvitations.as_str()
                            min="0"
                            max=MOST_DAYS.to_string()
                            value=again_after
                            aria-label="Days before an invitation is sent again"
                        />
                    </Setting>
                    {keeps_address}
                    {before_and_after}
                </Settings>
                <PanelBody>
                    <Field
                        name=Policy::AllowedAddresses.as_str()
                        label=asks(Policy::AllowedAddresses)
                        hint=asks_what(Policy::AllowedAddresses)
                        error=wrong
                    >
                        <Input
                            value=networks
                            placeholder="10.0.0.0/8 2001:db8::/32"
                            attr:maxlength="2000"
                            attr:autocomplete="off"
                        />
                    </Field>
                </PanelBody>
                {can_change
                    .then(|| {
                        view! {
                            <PanelFoot words="They hold from the next request on.">
                                <Button kind=Kind::Primary>"Save policies"</Button>
                            </PanelFoot>
                        }
                    })}
            </Panel>
        </form>
    }
}

/// A policy that says one thing, or nothing.
#[component]
fn SwitchOf(policy: Policy, is_on: Tick) -> impl IntoView {
    view! {
        <Setting name=asks(policy) hint=asks_what(policy)>
            <input
                class="switch"
                type="checkbox"
                role="switch"
                name=policy.as_str()
                value=said_by_switch(policy)
                aria-label=asks(policy)
                checked=is_on == Tick::On
            />
        </Setting>
    }
}

/// What such a policy says: that something is, or that something is not.
fn said_by_switch(policy: Policy) -> &'static str {
    match policy {
        Policy::Onboarding | Policy::Tour => "off",
        _ => "on",
    }
}

/// What holds for a person by their roles; nothing where no role asks anything.
#[component]
pub fn EffectivePolicies(held: Vec<Effective>) -> impl IntoView {
    if held.is_empty() {
        return ().into_any();
    }
    let rows = held
        .into_iter()
        .map(|one| {
            let others = (!one.others.is_empty()).then(|| format!("Stricter than {}", listed(&one.others)));
            view! {
                <tr>
                    <th scope="row">{asks(one.policy)}</th>
                    <td class="solo">{held_value(&one)}</td>
                    <td class="brief">{listed(&one.roles)} {others.map(|words| view! { <span class="sub">{words}</span> })}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::named("Policy"),
        Column::named("Value"),
        Column::named("Decided by"),
    ];
    view! {
        <Panel id="policies" title="Effective policies">
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </Panel>
    }
    .into_any()
}

/// The fields of the form, each by the word of its policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    invitation_mail: String,
    resend_invitations: String,
    keep_address: String,
    allowed_addresses: String,
    transfer_consent: String,
    second_factor: String,
    onboarding: String,
    tour: String,
}

#[server(endpoint = "roles/save_policies")]
pub async fn save_policies(role: RoleId, #[server(flatten)] typed: Typed) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer, client};
    let (db, admin) = admin().await?;
    let page = super::page_of(&role, "policies");
    let typed = [
        (Policy::InvitationMail, typed.invitation_mail),
        (Policy::ResendInvitations, typed.resend_invitations),
        (Policy::KeepAddress, typed.keep_address),
        (Policy::AllowedAddresses, typed.allowed_addresses),
        (Policy::TransferConsent, typed.transfer_consent),
        (Policy::SecondFactor, typed.second_factor),
        (Policy::Onboarding, typed.onboarding),
        (Policy::Tour, typed.tour),
    ];
    let form = typed
        .iter()
        .fold(Form::new("policies", &page), |form, (policy, value)| {
            form.keeps(policy.as_str(), value)
        });
    let wanted = typed
        .into_iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(policy, value)| directory::model::policy::RolePolicy { policy, value })
        .collect::<Vec<_>>();
    let saved = directory::admin::roles::policies::save(&db, &admin, &role, &wanted, client()?);
    let done = |()| Done::at(&page).says("The policies were saved.");
    answer(form, saved.await.map(done)).await
}
