//! What a console asks of the demo's provider, whether it may, and the page where a person is chosen.

use directory::model::user::UserInList;
use leptos::prelude::*;

use super::{CLIENT_ID, PATH};
use crate::demo::people::Choosable;

/// An authorization request (`OpenID` Connect Core, section 3.1.2.1; RFC 7636, section 4.3).
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Asked {
    pub response_type: Option<String>,
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub scope: Option<String>,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
}

/// Why nobody can sign in by a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// It cannot be read.
    Unreadable,
    /// It comes from another client, or leads to another place.
    Foreign,
    /// The person who was chosen is not here, or no longer.
    Nobody,
    /// The client is told: an error of RFC 6749 and a sentence.
    Back(&'static str, &'static str),
}

/// A challenge of PKCE by S256: 32 bytes in base64url.
const CHALLENGE: usize = 43;

impl Asked {
    /// Checks all of it; the answer is the PKCE challenge.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn check(&self, redirect_uri: &str) -> Result<&str, Unusable> {
        let is = |value: &Option<String>, wanted: &str| value.as_deref() == Some(wanted);
        if !is(&self.client_id, CLIENT_ID) || !is(&self.redirect_uri, redirect_uri) {
            return Err(Unusable::Foreign);
        }
        if !is(&self.response_type, "code") {
            return Err(Unusable::Back(
                "unsupported_response_type",
                "only response_type=code is offered",
            ));
        }
        let scope = self.scope.as_deref().unwrap_or_default();
        if !scope.split(' ').any(|scope| scope == "openid") {
            return Err(Unusable::Back("invalid_scope", "scope must contain openid"));
        }
        let challenge = self.code_challenge.as_deref().unwrap_or_default();
        if challenge.len() != CHALLENGE || !is(&self.code_challenge_method, "S256") {
            return Err(Unusable::Back(
                "invalid_request",
                "PKCE with S256 is required",
            ));
        }
        Ok(challenge)
    }

    /// The request as fields of a form, so that it comes along with the choice.
    fn fields(&self) -> Vec<(&'static str, String)> {
        [
            ("response_type", &self.response_type),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", &self.code_challenge_method),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.clone()?)))
        .collect()
    }

    fn hidden(&self) -> impl IntoView + use<> {
        self.fields()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    }
}

/// The card on which a person is chosen.
pub fn choice(asked: &Asked, people: &Choosable, q: &str) -> impl IntoView + use<> {
    let choose = format!("{PATH}/choose");
    let ada = people.ada.as_ref().map(|ada| {
        view! { <button class="button primary large wide" name="person" value=ada.id.0.clone()>"Ada, administrator"</button> }
    });
    let ben = people.ben.as_ref().map(|ben| {
        view! { <button class="button large wide" name="person" value=ben.id.0.clone()>"Ben, member"</button> }
    });
    let others = people.others.iter().map(other).collect_view();
    let nobody = people
        .others
        .is_empty()
        .then(|| view! { <p class="hint">"Nobody is found by this name."</p> });
    view! {
        <div class="card">
            <div>
                <h1>"Who are you today?"</h1>
                <p class="muted">"This is the demo's identity provider. Its people are invented and need no password."</p>
            </div>
            <form method="post" action=choose.clone() class="stack tight">
                {asked.hidden()} {ada} {ben}
            </form>
            <details class="stack tight" open=!q.is_empty()>
                <summary class="button quiet wide">"Somebody else"</summary>
                <div class="stack tight">
                    <form method="get" action=format!("{PATH}/authorize") class="field" role="search">
                        {asked.hidden()} <label for="q">"Name or address"</label>
                        <input class="input" id="q" name="q" type="search" value=q.to_owned() />
                    </form>
                    {nobody}
                    <form method="post" action=choose class="stack tight">
                        {asked.hidden()} {others}
                    </form>
                </div>
            </details>
        </div>
    }
}

fn other(person: &UserInList) -> impl IntoView + use<> {
    let status = person.status().as_str();
    view! {
        <button class="button wide" name="person" value=person.id.0.clone() title=person.login.clone()>
            {person.label.clone()} <span class="faint">{status}</span>
        </button>
    }
}

/// The card that says why nobody can be chosen.
pub fn refusal(unusable: &Unusable) -> impl IntoView + use<> {
    let words = match unusable {
        Unusable::Unreadable => "This sign-in cannot be read.",
        Unusable::Foreign => "This sign-in was not started by this console.",
        Unusable::Nobody => "This person is not here any more.",
        Unusable::Back(_, description) => description,
    };
    view! {
        <div class="card">
            <div>
                <h1>"This sign-in is not possible"</h1>
                <p class="muted">{words}</p>
            </div>
            <a class="button primary large wide" href="/sign-in">"Start again"</a>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: &str = "http://127.0.0.1:1/sign-in/demo/callback";

    fn asked() -> Asked {
        let text = |text: &str| Some(text.to_owned());
        Asked {
            response_type: text("code"),
            client_id: text(CLIENT_ID),
            redirect_uri: text(BACK),
            scope: text("openid email"),
            state: text("s"),
            nonce: text("n"),
            code_challenge: text("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            code_challenge_method: text("S256"),
        }
    }

    #[test]
    fn a_whole_request_is_taken() {
        assert_eq!(
            asked().check(BACK),
            Ok("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        );
    }

    #[test]
    fn a_foreign_client_or_way_back_leads_nowhere() {
        let other = |text: &str| Some(text.to_owned());
        for asked in [
            Asked {
                client_id: other("evil"),
                ..asked()
            },
            Asked {
                client_id: None,
                ..asked()
            },
            Asked {
                redirect_uri: other("https://evil.example"),
                ..asked()
            },
            Asked {
                redirect_uri: None,
                ..asked()
            },
        ] {
            assert_eq!(asked.check(BACK), Err(Unusable::Foreign), "{asked:?}");
        }
    }

    #[test]
    fn without_pkce_by_s256_the_client_is_told() {
        let other = |text: &str| Some(text.to_owned());
        for asked in [
            Asked {
                code_challenge: None,
                ..asked()
            },
            Asked {
                code_challenge: other("short"),
                ..asked()
            },
            Asked {
                code_challenge_method: other("plain"),
                ..asked()
            },
            Asked {
                code_challenge_method: None,
                ..asked()
            },
        ] {
            let refused = asked.check(BACK);
            assert!(
                matches!(refused, Err(Unusable::Back("invalid_request", _))),
                "{asked:?}"
            );
        }
        let token = Asked {
            response_type: other("token"),
            ..asked()
        };
        assert!(matches!(
            token.check(BACK),
            Err(Unusable::Back("unsupported_response_type", _))
        ));
    }
}
