//! What is known of a person, and who says so.

use crate::components::badge::Source;
use crate::components::copy::CopyInline;
use crate::components::panel::{FactRow, Facts, Panel};
use crate::pages::frame::{Ago, AgoOrNever, way_to};
use crate::words::origin;
use directory::model::user::UserDetail;
use leptos::prelude::*;
use serde_json::Value;

/// Attributes that are shown when they are there: the name, and where it stands in the JSON.
const SHOWN: [(&str, &str); 10] = [
    ("Given name", "/name/givenName"),
    ("Family name", "/name/familyName"),
    ("Job title", "/title"),
    (
        "Department",
        "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department",
    ),
    (
        "Employee number",
        "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/employeeNumber",
    ),
    (
        "Cost center",
        "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/costCenter",
    ),
    (
        "Manager",
        "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/displayName",
    ),
    ("Language", "/preferredLanguage"),
    ("Time zone", "/timezone"),
    ("Phone", "/phoneNumbers/0/value"),
];

#[component]
pub fn Profile(found: UserDetail) -> impl IntoView {
    let owner = found.kept_by.clone().map_or(Source::Here, Source::Idp);
    let lead = match &found.kept_by {
        Some(name) => format!(
            "What {name} keeps is changed in {name}. A change there arrives here within seconds."
        ),
        None => "No identity provider keeps this user.".to_owned(),
    };
    let user = found.user.clone();
    let user_name = user.user_name.clone().filter(|name| *name != user.login);
    let attributes = attributes(&user.attributes, &owner);
    let origin = origin(&user, found.kept_by.as_deref());
    let way = way_to(&found.path);
    let (label, login, last) = (user.label, user.login, user.last_sign_in_at);
    let received = user.password_received_at;
    view! {
        <Panel id="profile" title="Profile" lead>
            <Facts>
                <FactRow name="Name" from=Some(owner.clone())>
                    {label}
                </FactRow>
                <FactRow name="Address" from=Some(owner.clone())>
                    {login}
                </FactRow>
                {user_name
                    .map(|name| view! { <FactRow name="User name" from=Some(owner.clone())>{name}</FactRow> })}
                {attributes}
                {user
                    .external_id
                    .map(|id| {
                        view! {
                            <FactRow name="External id" from=Some(owner.clone())>
                                <CopyInline value=id what="external id" />
                            </FactRow>
                        }
                    })}
                <FactRow name="Id" from=None>
                    <CopyInline value=user.id.0 what="id" />
                </FactRow>
                <FactRow name="Node" from=None>
                    {way}
                </FactRow>
                {received
                    .map(|at| {
                        view! {
                            <FactRow name="Password received" from=Some(owner.clone())>
                                <Ago at />
                            </FactRow>
                        }
                    })}
                <FactRow name="Last sign-in" from=Some(Source::SignIn)>
                    <AgoOrNever at=last />
                </FactRow>
                <FactRow name="Origin" from=None>
                    {origin}
                </FactRow>
            </Facts>
        </Panel>
    }
}

/// The attributes somebody asserted, as far as the page has words for them.
fn attributes(json: &str, owner: &Source) -> Vec<AnyView> {
    let all: Value = serde_json::from_str(json).unwrap_or_default();
    SHOWN
        .iter()
        .filter_map(|(name, place)| Some((*name, all.pointer(place)?.as_str()?.trim().to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            view! { <FactRow name from=Some(owner.clone())>{value}</FactRow> }.into_any()
        })
        .collect()
}
