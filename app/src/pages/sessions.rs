//! A browser somebody is signed in with, as a row: on their own page, and on the page that administrators see.

use crate::pages::frame::Ago;
use crate::visit::visit;
use directory::model::session::OpenSession;
use leptos::prelude::*;

/// One session; its button stands at the end of the row.
#[component]
pub fn SessionRow(
    session: OpenSession,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let how = how(&session);
    let agent = browser(session.agent.as_deref().unwrap_or_default());
    let from = session
        .ip
        .map(|ip| format!(" from {ip}"))
        .unwrap_or_default();
    view! {
        <div>
            <dt>{agent}</dt>
            <dd>
                {if session.is_this {
                    view! { <strong>"This browser"</strong> }.into_any()
                } else {
                    view! { <span>"Used " <Ago at=session.seen /></span> }.into_any()
                }} <span class="muted">", since " <Ago at=session.since /> {from} {how}</span>
            </dd>
            {children.map(|children| view! { <dd>{children()}</dd> })}
        </div>
    }
}

/// By what they proved who they are.
fn how(session: &OpenSession) -> String {
    let of_settings = visit()
        .ways
        .into_iter()
        .find(|way| way.id == session.method);
    let name = of_settings
        .map(|way| way.name)
        .or_else(|| session.method_name.clone());
    match (session.method.as_str(), name) {
        ("passphrase", _) => ", by passphrase".to_owned(),
        ("invitation", _) => ", by an invitation".to_owned(),
        ("set_up", _) => ", by setting this up".to_owned(),
        (_, Some(name)) => format!(", by {name}"),
        _ => String::new(),
    }
}

/// A browser by its name and its system, as far as it says.
fn browser(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(sign, _)| agent.contains(sign));
        found.map(|(_, name)| *name)
    };
    // Each calls itself all those after it, too.
    let name = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ => "Another program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_called_by_the_name_people_know() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1 Version/17.0 Safari/605.1",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
                "Firefox on Android",
            ),
            ("curl/8", "Another program"),
            ("", "Another program"),
        ] {
            assert_eq!(browser(agent), name);
        }
    }
}
