//! The components of the console: semantic HTML with the classes of `style/components/<same name>.css`.
//!
//! Rules they keep, and pages with them:
//!
//! * Everything works without script; islands ([`choose_all`], [`copy`], [`keys`], [`time`], [`toast`]) only
//!   make it quicker. What only script can do bears the class `needs-script`.
//! * Props are plain data and are read once. Signals live inside islands only.
//! * No inline style, no `inner_html`, no child text in a `<textarea>`; a link that is not written out in the source goes
//!   through [`link::Href`], which never leaves the console.
//! * Attributes a component has no prop for are added by `attr:`, such as `<Button attr:name="act" attr:value="lock">`.
//!   They go to the outermost element.
//! * Where a component takes a view beside its children the prop is a closure: `end=|| view! { … }`.
//! * Inside `view!`, `<use_>` of an SVG is only written in [`icon`]: where nothing around it changes, Leptos would print
//!   the underscore. Use [`icon::Icon`].
//!
//! What there is, by module:
//!
//! | module | components |
//! |---|---|
//! | [`layout`] | `Shell` (frame, title, section, crumbs), `PageHead` (title, lead, monogram, beside, facts; buttons inside), `Fact`, `PageSection` (id, title, lead, end), `Door` for the pages before the console |
//! | [`badge`] | `State` (of, next, word), `StateChip` beside a title, `Provenance` (from), `Count`, `CountToDo`, `Tag`; the states `ACTIVE`, `INVITED`, `PENDING`, … |
//! | [`button`] | `Button`, `ButtonLink`, `IconButton` (kind, size, icon), `Buttons` |
//! | [`form`] | `Field` (name, label, hint, error) around `Input`, `Select`, `Switch`; `FieldGroup` around `Check`, `Radio`; `FormErrors`, `Filter`, `Chips`, `SaveBar` |
//! | [`table`] | `List` > form > `DataTable` (columns, here, `usual_sort`), `Pick`, `Who`, `Bulk`, `ListFoot` (part) |
//! | [`link`] | `Href`, `Query`: the address of the page with one value changed |
//! | [`tabs`], [`menu`], [`export`], [`dialog`] | `Tabs`; `Menu`, `MenuLink`, `MenuButton`, `MenuWhy`; `Export` (list, here); `Dialog`, `DialogOpener`, `Impact`, `ImpactLine` |
//! | [`panel`] | `Panel` (id, title, lead, end), `PanelBody`, `PanelFoot`, `Facts` > `FactRow`, `Settings` > `Setting` |
//! | [`notice`], [`toast`], [`empty_state`] | `Notice` (sign, title, buttons), `Toasts`, `EmptyState` (title, words, ways) |
//! | [`path`], [`checklist`], [`timeline`], [`node_tree`] | `Path`, `MembershipRow`; `Steps` > `ListedStep`, `Decision`; `Timeline` > `TimelineDay`, `TimelineEntry`; `NodeTree` |
//! | [`roll`] | `Roll`, `RequestRoll`, `Progress`, `LineOfPeople`, `EmptyLine` |
//! | [`copy`], [`time`], [`icon`], [`text`] | `Copy`, `CopyInline`, `Secret`; `Time` (at, now), `TimeOrNever`, `ClockTime`, `Day`; `Icon`, `Glyph`, `Monogram`, `Mark`, `Wordmark`; `thousands`, `counted` |
//!
//! A page:
//!
//! ```ignore
//! #[component]
//! pub fn TeamPage() -> impl IntoView {
//!     view! {
//!         <Shell frame title="Ops" section=Section::Teams
//!             crumbs=vec![Crumb::above("Teams", "/teams"), Crumb::here("Ops")]>
//!             <PageHead title="Ops" beside=|| view! { <StateChip of=APPROVED /> }>
//!                 <ButtonLink href="/teams/1/edit" kind=Kind::Primary>"Rename team"</ButtonLink>
//!             </PageHead>
//!             <Panel id="profile" title="Profile">
//!                 <Facts>
//!                     <FactRow name="Name" from=Source::Idp("Okta".to_owned())>"Ops"</FactRow>
//!                 </Facts>
//!             </Panel>
//!             <form method="post" action="/api/teams/rename">
//!                 <Field name="name" label="Name" error=refused_name>
//!                     <Input value=typed_name attr:required=true />
//!                 </Field>
//!                 <Button kind=Kind::Primary>"Rename team"</Button>
//!             </form>
//!         </Shell>
//!     }
//! }
//! ```
//!
//! The style guide (`/styleguide` in development builds) shows all of them in every state.

pub mod badge;
pub mod banner;
pub mod button;
pub mod checklist;
pub mod choose_all;
pub mod copy;
pub mod dialog;
pub mod empty_state;
pub mod export;
pub mod form;
pub mod icon;
pub mod keys;
pub mod layout;
pub mod link;
pub mod menu;
pub mod node_tree;
pub mod notice;
pub mod palette;
pub mod panel;
pub mod path;
pub mod roll;
pub mod section;
pub mod table;
pub mod tabs;
pub mod text;
pub mod time;
pub mod timeline;
pub mod toast;
