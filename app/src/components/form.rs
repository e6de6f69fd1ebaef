//! Forms: the label says what, the hint says how, the error says why and what to do.

use super::icon::{Glyph, Icon};
use super::link::Href;
use leptos::prelude::*;

/// What a field tells the control inside it.
#[derive(Debug, Clone)]
struct FieldContext {
    id: String,
    name: String,
    described_by: Option<String>,
    is_invalid: Option<&'static str>,
}

/// The field around this control; a control alone has none.
fn field() -> Option<FieldContext> {
    use_context()
}

/// A label, a control, a hint and an error, tied together for those who hear the page.
#[component]
pub fn Field(
    /// The name the form sends; unique on the page.
    #[prop(into)]
    name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    /// Why the value was refused, and what to do.
    #[prop(optional_no_strip, into)]
    error: Option<String>,
    children: Children,
) -> impl IntoView {
    let id = format!("field-{name}");
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let error_id = error.is_some().then(|| format!("{id}-error"));
    let described_by = [hint_id.clone(), error_id.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    provide_context(FieldContext {
        id: id.clone(),
        name,
        described_by: Some(described_by).filter(|ids| !ids.is_empty()),
        is_invalid: error.is_some().then_some("true"),
    });
    let is_invalid = error.is_some().then_some("");
    view! {
        <div class="field" data-invalid=is_invalid>
            <label for=id>{label}</label>
            {children()}
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {error.map(|error| view! { <FieldError id=error_id.unwrap_or_default() error /> })}
        </div>
    }
    .into_any()
}

#[component]
fn FieldError(id: String, error: String) -> impl IntoView {
    view! {
        <p class="error" id=id>
            <Glyph name="failed" />
            <span>{error}</span>
        </p>
    }
}

/// Several choices under one label.
#[component]
pub fn FieldGroup(#[prop(into)] label: String, children: Children) -> impl IntoView {
    view! {
        <fieldset class="field">
            <legend class="label">{label}</legend>
            {children()}
        </fieldset>
    }
}

/// How large an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputSize {
    #[default]
    Normal,
    /// For the pages before the console.
    Large,
    /// As wide as a number.
    Number,
}

/// Where somebody chooses a passphrase; the rules stand beside it (PWD-2).
#[component]
pub fn NewPassphrase(label: &'static str, #[prop(into)] error: Option<String>) -> impl IntoView {
    view! {
        <Field
            name="passphrase"
            label
            hint="At least 12 characters. A few words are easier to remember than one odd one."
            error
        >
            <Input
                kind="password"
                size=InputSize::Large
                value=None
                attr:autocomplete="new-password"
                attr:required=true
                attr:minlength="12"
            />
        </Field>
    }
}

/// A line of text. Inside a [`Field`] it takes name, id and description from there; other attributes by `attr:`,
/// such as `attr:autocomplete="username" attr:required=true`.
#[component]
pub fn Input(
    #[prop(optional_no_strip, into)] value: Option<String>,
    /// `text`, `email`, `password`, `number`, `search`, …
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] size: InputSize,
) -> impl IntoView {
    let field = field();
    let class = match size {
        InputSize::Normal => "input",
        InputSize::Large => "input large",
        InputSize::Number => "input number",
    };
    view! {
        <input
            class=class
            type=kind
            id=field.as_ref().map(|field| field.id.clone())
            name=field.as_ref().map(|field| field.name.clone())
            value=value
            placeholder=placeholder
            aria-describedby=field.as_ref().and_then(|field| field.described_by.clone())
            aria-invalid=field.as_ref().and_then(|field| field.is_invalid)
        />
    }
}

/// One line of a [`Select`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub words: String,
}

impl Choice {
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            words: words.into(),
        }
    }
}

/// One of several. Inside a [`Field`] it takes name, id and description from there; in a filter give `attr:name` and
/// `attr:aria-label`.
#[component]
pub fn Select(
    choices: Vec<Choice>,
    /// The value that is chosen now.
    #[prop(optional_no_strip, into)]
    chosen: Option<String>,
    #[prop(optional)] width: Width,
) -> impl IntoView {
    let field = field();
    let class = match width {
        Width::Full => "select",
        Width::Content => "select auto",
    };
    let options = choices
        .into_iter()
        .map(|choice| {
            let is_chosen = chosen
                .as_ref()
                .is_some_and(|chosen| *chosen == choice.value);
            view! {
                <option value=choice.value selected=is_chosen>
                    {choice.words}
                </option>
            }
        })
        .collect_view();
    view! {
        <select
            class=class
            id=field.as_ref().map(|field| field.id.clone())
            name=field.as_ref().map(|field| field.name.clone())
            aria-describedby=field.as_ref().and_then(|field| field.described_by.clone())
            aria-invalid=field.as_ref().and_then(|field| field.is_invalid)
        >
            {options}
        </select>
    }
}

/// How wide a select is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Width {
    #[default]
    Full,
    /// As wide as its words, in a filter.
    Content,
}

/// Whether a box is ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tick {
    On,
    #[default]
    Off,
}

impl From<bool> for Tick {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}

/// A box to tick, with its words.
#[component]
pub fn Check(
    #[prop(into)] name: String,
    #[prop(into, default = "on".to_owned())] value: String,
    #[prop(optional, into)] tick: Tick,
    children: Children,
) -> impl IntoView {
    view! { <BoxOf kind="checkbox" name value tick children /> }
}

/// One of several boxes of which one is ticked.
#[component]
pub fn Radio(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(optional, into)] tick: Tick,
    children: Children,
) -> impl IntoView {
    view! { <BoxOf kind="radio" name value tick children /> }
}

#[component]
fn BoxOf(
    kind: &'static str,
    name: String,
    value: String,
    tick: Tick,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input class="check" type=kind name=name value=value checked=tick == Tick::On />
            <span>{children()}</span>
        </label>
    }
}

/// On or off. Inside a [`Field`] it takes name, id and description from there; alone give `attr:name` and
/// `attr:aria-label`.
#[component]
pub fn Switch(#[prop(optional, into)] tick: Tick) -> impl IntoView {
    let field = field();
    view! {
        <input
            class="switch"
            type="checkbox"
            role="switch"
            id=field.as_ref().map(|field| field.id.clone())
            name=field.as_ref().map(|field| field.name.clone())
            aria-describedby=field.as_ref().and_then(|field| field.described_by.clone())
            checked=tick == Tick::On
        />
    }
}

/// What was wrong with the whole form, above its fields; nothing when nothing was.
#[component]
pub fn FormErrors(errors: Vec<String>) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        view! {
            <div class="notice" data-tone="stop" role="alert">
                <Glyph name="warn" />
                <div>{errors.into_iter().map(|error| view! { <p>{error}</p> }).collect_view()}</div>
            </div>
        }
    })
}

/// The filter of a list: a plain GET form, so its state is the address of the page. Put [`Select`]s inside; each needs
/// `width=Width::Content`, `attr:name` and `attr:aria-label`.
#[component]
pub fn Filter(
    /// What is searched for now (`q`).
    #[prop(optional_no_strip, into)]
    searched: Option<String>,
    /// What one can search for, such as *Name, address or id*.
    #[prop(into)]
    label: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <form class="filter" method="get">
            <div class="search">
                <Icon name="search" />
                <input type="search" name="q" value=searched aria-label=label.clone() placeholder=label />
            </div>
            {children.map(|children| children())}
            <button class="button" type="submit">
                <Icon name="filter" />
                "Filter"
            </button>
        </form>
    }
    .into_any()
}

/// One condition of the list that is shown, and the address without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What is filtered, such as *node*.
    pub what: String,
    /// By which value.
    pub by: String,
    /// The same list without this condition.
    pub without: Href,
}

/// The conditions of the list that is shown; nothing when there are none.
#[component]
pub fn Chips(chips: Vec<Chip>, #[prop(into)] clear: Href) -> impl IntoView {
    (!chips.is_empty()).then(|| {
        let chips = chips
            .into_iter()
            .map(|chip| view! { <FilterChip chip /> })
            .collect_view();
        view! {
            <div class="chips">{chips} <a href=clear.as_text()>"Clear all"</a></div>
        }
    })
}

#[component]
fn FilterChip(chip: Chip) -> impl IntoView {
    view! {
        <span class="filter-chip">
            {chip.what.clone()}" "<b>{chip.by}</b>
            <a href=chip.without.as_text() aria-label=format!("Remove filter: {}", chip.what)>
                <Icon name="x" />
            </a>
        </span>
    }
}

/// Unsaved changes, said once, at the bottom, with their effect.
#[component]
pub fn SaveBar(
    /// Such as *2 changes not saved.*
    #[prop(into)]
    what: String,
    /// What saving does.
    #[prop(optional, into)]
    effect: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="save-bar">
            <p>
                <strong>{what}</strong>
                " "
                {effect.map(|effect| view! { <span class="muted">{effect}</span> })}
            </p>
            <div class="buttons">{children()}</div>
        </div>
    }
}
