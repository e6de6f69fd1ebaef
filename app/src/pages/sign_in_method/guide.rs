//! What to do at the identity provider for single sign-on, in the words of its screens, with the addresses filled in.

use super::{initiate_uri, method_page, redirect_uri, sign_out_uri};
use crate::components::link::Query;
use crate::components::panel::Panel;
use crate::pages::connection::guide::{OneStep, Standing};
use directory::model::sign_in_method::{Method, MethodState};
use leptos::prelude::*;

/// A value to copy beside the words of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    Redirect,
    Initiate,
    SignOut,
}

/// A step: its title, what to do, where people stumble, and what to copy.
type Step = (&'static str, &'static str, Option<&'static str>, Value);

/// A guide by its word in the address.
struct Guide {
    word: &'static str,
    name: &'static str,
    /// What the name or the issuer of a method contains that this guide fits.
    fits: &'static [&'static str],
    steps: &'static [Step],
}

const OKTA: &[Step] = &[
    (
        "Create the application",
        "Applications › Create App Integration: OIDC - OpenID Connect, then Web Application. Grant type is Authorization Code alone.",
        None,
        Value::None,
    ),
    (
        "Enter the redirect URI",
        "Sign-in redirect URIs: this address, and no other.",
        None,
        Value::Redirect,
    ),
    (
        "Enter the sign-out redirect URI",
        "Sign-out redirect URIs: this address, and no other.",
        None,
        Value::SignOut,
    ),
    (
        "Let people begin at Okta",
        "General › Login initiated by: Either Okta or App; Login flow: Redirect to app to initiate login; Initiate login URI is this address.",
        None,
        Value::Initiate,
    ),
    (
        "Copy client ID and secret",
        "General › Client Credentials: client ID and client secret. Require PKCE as additional verification may be on.",
        None,
        Value::None,
    ),
    (
        "Copy the issuer",
        "Sign On › OpenID Connect ID Token › Issuer: choose Okta URL, not Dynamic, and copy it.",
        Some(
            "With a custom authorization server the issuer ends in /oauth2/default: copy what Okta shows.",
        ),
        Value::None,
    ),
    (
        "Assign people",
        "Assignments › Assign to people or to groups. Whoever is not assigned is refused by Okta.",
        None,
        Value::None,
    ),
];

const ENTRA: &[Step] = &[
    (
        "Register the application",
        "App registrations › New registration. Supported account types: this organizational directory only.",
        Some(
            "With accounts of any directory the issuer would differ from person to person, and is refused.",
        ),
        Value::None,
    ),
    (
        "Enter the redirect URI",
        "In the same form, Redirect URI: platform Web, with this address.",
        None,
        Value::Redirect,
    ),
    (
        "Enter the sign-out redirect URI",
        "Authentication › Web › Redirect URIs: this address too. Entra ID leads nobody back to another one.",
        None,
        Value::SignOut,
    ),
    (
        "Copy the client ID and the issuer",
        "Overview: Application (client) ID. The issuer is https://login.microsoftonline.com/ followed by the Directory (tenant) ID and /v2.0.",
        None,
        Value::None,
    ),
    (
        "Create a secret",
        "Certificates & secrets › New client secret. Copy its Value, not its ID, and note when it expires.",
        None,
        Value::None,
    ),
    (
        "Add the address to the token",
        "Token configuration › Add optional claim › ID: email. People need an address in their profile.",
        Some(
            "Entra ID does not say whether an address is verified: turn on Trust its addresses here, if only your administrators give out addresses.",
        ),
        Value::None,
    ),
    (
        "Assign people",
        "Enterprise applications › the application › Properties: Assignment required is Yes; then Users and groups.",
        None,
        Value::None,
    ),
];

const GOOGLE: &[Step] = &[
    (
        "Configure the consent screen",
        "Google Cloud console › Google Auth Platform › Audience: Internal, so that only your organisation gets in.",
        None,
        Value::None,
    ),
    (
        "Create the client",
        "Clients › Create client: Web application. Authorised redirect URIs: this address.",
        None,
        Value::Redirect,
    ),
    (
        "Copy client ID and secret",
        "Both are shown when the client is created. The issuer is https://accounts.google.com, without a slash at the end.",
        None,
        Value::None,
    ),
    (
        "Add a link for people",
        "Google shows no tile by itself. In the Admin console, Apps › Web and mobile apps, a bookmark can lead to this address.",
        None,
        Value::Initiate,
    ),
];

const JUMPCLOUD: &[Step] = &[
    (
        "Create the application",
        "SSO Applications › Add New Application › Custom Application, with Manage Single Sign-On and Configure SSO with OIDC.",
        None,
        Value::None,
    ),
    (
        "Enter the redirect URI",
        "SSO › Redirect URIs: this address. Client Authentication Type is Client Secret Post or Basic.",
        None,
        Value::Redirect,
    ),
    (
        "Enter the login URL",
        "Login URL is this address: the tile in the user portal leads there.",
        None,
        Value::Initiate,
    ),
    (
        "Add the standard scopes",
        "Attribute Mapping › Standard Scopes: Email and Profile.",
        None,
        Value::None,
    ),
    (
        "Copy client ID and secret",
        "Both are shown once, after Activate. The issuer is https://oauth.id.jumpcloud.com/ with the slash at the end.",
        Some("The secret is not shown again."),
        Value::None,
    ),
    (
        "Assign groups",
        "User Groups: choose who gets the application.",
        None,
        Value::None,
    ),
];

const KEYCLOAK: &[Step] = &[
    (
        "Create the client",
        "Clients › Create client: OpenID Connect. Client authentication On, Standard flow alone.",
        None,
        Value::None,
    ),
    (
        "Enter the redirect URI",
        "Valid redirect URIs: this address, without an asterisk.",
        None,
        Value::Redirect,
    ),
    (
        "Enter the sign-out redirect URI",
        "Valid post logout redirect URIs: this address.",
        None,
        Value::SignOut,
    ),
    (
        "Enter the home URL",
        "Home URL is this address: the account console leads there.",
        None,
        Value::Initiate,
    ),
    (
        "Copy the secret",
        "Credentials › Client Secret. The client ID is the one you chose.",
        None,
        Value::None,
    ),
    (
        "Copy the issuer",
        "Realm settings › General › Endpoints › OpenID Endpoint Configuration shows it: https://host/realms/name.",
        None,
        Value::None,
    ),
    (
        "Verify addresses",
        "Users › a user: Email verified is On, or Realm settings › Login › Verify email.",
        Some("With Email verified off nobody is connected or created by their address."),
        Value::None,
    ),
];

const ANY: &[Step] = &[
    (
        "Create a client",
        "An OpenID Connect client of kind web, with the authorization code flow and PKCE, that signs with RS256, ES256 or EdDSA.",
        None,
        Value::None,
    ),
    (
        "Enter the redirect URI",
        "Exactly this address, and no other.",
        None,
        Value::Redirect,
    ),
    (
        "Enter the sign-out redirect URI",
        "Where the provider asks for post-logout redirect URIs: this address.",
        None,
        Value::SignOut,
    ),
    (
        "Enter the initiate login URI",
        "Where the provider has a portal with tiles: this address.",
        None,
        Value::Initiate,
    ),
    (
        "Copy issuer, client ID and secret",
        "The issuer is what stands in the discovery document under issuer.",
        None,
        Value::None,
    ),
];

/// The last one stands for every other provider.
const GUIDES: [Guide; 6] = [
    Guide {
        word: "okta",
        name: "Okta",
        fits: &["okta"],
        steps: OKTA,
    },
    Guide {
        word: "entra",
        name: "Entra ID",
        fits: &["entra", "azure", "microsoft"],
        steps: ENTRA,
    },
    Guide {
        word: "google",
        name: "Google Workspace",
        fits: &["google"],
        steps: GOOGLE,
    },
    Guide {
        word: "jumpcloud",
        name: "JumpCloud",
        fits: &["jumpcloud"],
        steps: JUMPCLOUD,
    },
    Guide {
        word: "keycloak",
        name: "Keycloak",
        fits: &["keycloak", "/realms/"],
        steps: KEYCLOAK,
    },
    Guide {
        word: "any",
        name: "your identity provider",
        fits: &[],
        steps: ANY,
    },
];

/// The guide that the address asks for, or that fits the name or the issuer.
fn chosen(asked: Option<&str>, method: &Method) -> &'static Guide {
    let asked = asked.and_then(|word| GUIDES.iter().find(|guide| guide.word == word));
    let fits = |text: &str| {
        let text = text.to_lowercase();
        GUIDES
            .iter()
            .find(|guide| guide.fits.iter().any(|sign| text.contains(sign)))
    };
    asked
        .or_else(|| fits(&method.name))
        .or_else(|| fits(&method.issuer))
        .unwrap_or(&GUIDES[GUIDES.len() - 1])
}

#[component]
pub fn GuidePanel(method: Method) -> impl IntoView {
    let guide = chosen(Query::current().value("guide").as_deref(), &method);
    let is_done = method.state != MethodState::Draft;
    let steps = (1..)
        .zip(guide.steps)
        .map(|(number, (title, words, beware, value))| {
            let standing = match (is_done, number) {
                (true, _) => Standing::Done,
                (false, 1) => Standing::Now,
                (false, _) => Standing::Later,
            };
            let value = match value {
                Value::None => None,
                Value::Redirect => Some((redirect_uri(&method.id), "redirect URI")),
                Value::Initiate => Some((initiate_uri(&method.id), "sign-in address")),
                Value::SignOut => Some((sign_out_uri(), "sign-out redirect URI")),
            };
            view! { <OneStep number told=(*title, *words, *beware) standing value /> }
        })
        .collect_view();
    let page = method_page(method.node_id);
    let others = GUIDES
        .iter()
        .filter(|other| other.word != guide.word)
        .map(
            |other| view! { <a href=format!("{page}?guide={}#guide", other.word)>{other.name}</a> },
        )
        .collect_view();
    view! {
        <Panel id="guide" title=format!("In {}", guide.name)>
            <ol class="steps">{steps}</ol>
            <footer class="other-guides">
                <span>"Another provider:"</span>
                {others}
            </footer>
        </Panel>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_says_where_the_redirect_uri_goes_and_where_the_issuer_stands() {
        for guide in &GUIDES {
            let has = |value| guide.steps.iter().any(|step| step.3 == value);
            assert!(has(Value::Redirect), "{}", guide.name);
            let words: String = guide
                .steps
                .iter()
                .flat_map(|step| [step.0, step.1])
                .collect();
            assert!(words.to_lowercase().contains("issuer"), "{}", guide.name);
        }
    }
}
