//! What the panel shows: the connection, the buttons, and what was said.

use app::components::badge::Tone;
use app::components::icon::{Glyph, Icon};
use app::components::notice::{Notice, NoticeSign};
use leptos::prelude::*;

use super::PATH;
use super::memory::{Done, Known};
use super::style::Style;
use super::talk::Exchange;

/// What the page is.
pub const LEAD: &str = "This page plays an identity provider. Each button sends real SCIM requests over HTTP to this server's own endpoint, and shows what was said.";

/// What is shown.
pub struct Shown {
    pub base: String,
    pub style: Style,
    pub known: Known,
    pub last: Option<Done>,
    /// Why the last wish was refused.
    pub refused: Option<String>,
}

/// The whole of it.
pub fn panel(shown: Shown) -> impl IntoView {
    let Shown {
        base,
        style,
        known,
        last,
        refused,
    } = shown;
    view! {
        {refused.map(|sentence| view! { <div role="alert"><Notice sign=NoticeSign::STOP title=sentence /></div> })}
        {last.map(conversation)}
        <div class="columns even">
            <div class="stack">{connection(base, style)} {last_steps()}</div>
            <div class="stack">{buttons()} {deactivate(&known)} {rename(&known)}</div>
        </div>
    }
}

fn section(
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    content: impl IntoView,
) -> impl IntoView {
    view! {
        <section class="panel" id=id>
            <header>
                <h2>{title}</h2>
                <p>{lead}</p>
            </header>
            <div class="body">{content}</div>
        </section>
    }
}

fn connection(base: String, style: Style) -> impl IntoView {
    let styles = [Style::Okta, Style::Entra]
        .map(|one| view! { <option value=one.word() selected=one == style>{one.name()}</option> })
        .collect_view();
    let fields = view! {
        <form method="post" action=format!("{PATH}/connection") class="stack tight" autocomplete="off">
            <div class="field">
                <label for="base">"URL"</label>
                <input class="input mono" id="base" name="base" value=base required spellcheck="false" />
            </div>
            <div class="field">
                <label for="token">"Token"</label>
                <input class="input mono" id="token" name="token" type="password" aria-describedby="token-hint" />
                <p class="hint" id="token-hint">"Empty keeps the token that is in use."</p>
            </div>
            <div class="field">
                <label for="style">"Ask in the manner of"</label>
                <select class="select" id="style" name="style">{styles}</select>
            </div>
            <div class="buttons"><button class="button" type="submit">"Save connection"</button></div>
        </form>
        <form method="post" action=format!("{PATH}/first")>
            <button class="button quiet" type="submit">"Use the Berlin connection"</button>
        </form>
    };
    section(
        "connection",
        "Connection",
        "Begins with the connection of Berlin. Or copy URL and token of one that you made in the console.",
        fields,
    )
}

fn last_steps() -> impl IntoView {
    view! {
        <p class="hint">
            "People arrive as invited, groups as pending teams with pending members. See "
            <a href="/users">"Users"</a> " and " <a href="/approvals">"Approvals"</a>
            " in the console. Signing in as an administrator approves nothing in the demo, so that everything stays to be seen."
        </p>
    }
}

fn buttons() -> impl IntoView {
    let button = |action: &str, words: &'static str, class: &'static str| {
        view! {
            <form method="post" action=format!("{PATH}/{action}")>
                <button class=class type="submit">{words}</button>
            </form>
        }
    };
    let all = view! {
        <div class="row">
            {button("test", "Test connection", "button primary")}
            {button("people", "Create people", "button")}
            {button("groups", "Push groups", "button")}
        </div>
    };
    section(
        "push",
        "Push",
        "Creates three people each time. Groups are pushed with everyone this connection has created.",
        all,
    )
}

fn deactivate(known: &Known) -> impl IntoView + use<> {
    let people: Vec<(String, String)> = known
        .people
        .iter()
        .filter(|person| person.is_active)
        .map(|person| {
            (
                person.id.clone(),
                format!("{} ({})", person.who.name(), person.who.address()),
            )
        })
        .collect();
    let content = if people.is_empty() {
        view! { <p class="muted">"Nobody yet. Create people first."</p> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("{PATH}/deactivate") class="stack tight">
                {choices("person", "Person", people)}
                <div class="buttons"><button class="button" type="submit">"Deactivate person"</button></div>
            </form>
        }
        .into_any()
    };
    section(
        "deactivate",
        "Deactivate person",
        "They are locked at once; nothing of theirs is lost.",
        content,
    )
}

fn rename(known: &Known) -> impl IntoView + use<> {
    let groups: Vec<(String, String)> = known
        .groups
        .iter()
        .map(|group| (group.id.clone(), group.name.clone()))
        .collect();
    let content = if groups.is_empty() {
        view! { <p class="muted">"No group yet. Push groups first."</p> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("{PATH}/rename") class="stack tight">
                {choices("group", "Group", groups)}
                <div class="field">
                    <label for="name">"New name"</label>
                    <input class="input" id="name" name="name" required maxlength="255" />
                </div>
                <div class="buttons"><button class="button" type="submit">"Rename group"</button></div>
            </form>
        }
        .into_any()
    };
    section(
        "rename",
        "Rename group",
        "The team keeps its id and its members.",
        content,
    )
}

fn choices(
    name: &'static str,
    label: &'static str,
    choices: Vec<(String, String)>,
) -> impl IntoView {
    let choices = choices
        .into_iter()
        .map(|(value, words)| view! { <option value=value>{words}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select class="select" id=name name=name>{choices}</select>
        </div>
    }
}

/// What was said last, the requests in their order.
fn conversation(done: Done) -> impl IntoView {
    let lead = match done
        .exchanges
        .iter()
        .filter(|exchange| !exchange.is_good())
        .count()
    {
        0 => format!(
            "{} sent, each answered well.",
            requests(done.exchanges.len())
        ),
        refused => format!(
            "{} sent, {refused} refused.",
            requests(done.exchanges.len())
        ),
    };
    let exchanges = done.exchanges.into_iter().map(exchange).collect_view();
    view! {
        <section id="said" aria-labelledby="said-heading">
            <div class="section-head">
                <h2 id="said-heading">{done.title}</h2>
                <p role="status">{lead}</p>
            </div>
            <div class="requests">{exchanges}</div>
        </section>
    }
}

fn requests(count: usize) -> String {
    if count == 1 {
        "1 request".to_owned()
    } else {
        format!("{count} requests")
    }
}

fn exchange(exchange: Exchange) -> impl IntoView {
    let is_good = exchange.is_good();
    let (tone, glyph) = if is_good {
        (Tone::Good, "active")
    } else {
        (Tone::Stop, "failed")
    };
    let status = exchange
        .status
        .map_or_else(|| "none".to_owned(), |status| status.to_string());
    let method = exchange.call.method.to_string();
    let sent = sent(&exchange);
    let answer = pretty(&exchange.answer);
    let took = format!("{} ms", exchange.took.as_millis());
    view! {
        <details class="request" data-tone=tone.name() open=!is_good>
            <summary>
                <span class="when"></span>
                <span class="status"><Glyph name=glyph />{status.clone()}</span>
                <span class="method">{method}</span>
                <span class="path-of mono">{exchange.call.path}</span>
                <span class="said"></span>
                <span class="ms">{took}</span>
                <Icon name="chevron" />
            </summary>
            <div class="request-open">
                <div class="bodies">
                    <div class="body-of"><h3>"Request"</h3><pre tabindex="0">{sent}</pre></div>
                    <div class="body-of"><h3>"Answer" <span>{status}</span></h3><pre tabindex="0">{answer}</pre></div>
                </div>
            </div>
        </details>
    }
}

/// The request as it went out, but for the token.
fn sent(exchange: &Exchange) -> String {
    let body = exchange
        .call
        .body
        .as_ref()
        .map(|body| format!("\n\n{body:#}"))
        .unwrap_or_default();
    format!(
        "{} {}\nAuthorization: Bearer \u{2022}\u{2022}\u{2022}\u{2022}{body}",
        exchange.call.method, exchange.call.path
    )
}

fn pretty(answer: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(answer) {
        Ok(json) => format!("{json:#}"),
        Err(_) if answer.is_empty() => "(no body)".to_owned(),
        Err(_) => answer.to_owned(),
    }
}
