//! People from a file: the form that takes it, what would become of each row, and what became of them.

use crate::components::badge::Tone;
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::form::{Field, FormErrors, Select};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::{Page, again, node_choices_with, shown};
use crate::pages::nodes::all_nodes;
use crate::words::many::fate;
use crate::words::{counted, figure};
use directory::model::import::{Fate, Imported, MOST_ROWS, Review, Reviewed};
use directory::model::node::NodeInTree;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn ImportPage() -> impl IntoView {
    let another = Query::current().value("another").is_some();
    let asked = async move { Ok((review_import().await?, all_nodes().await?)) };
    shown(Section::Users, asked, move |(review, nodes)| {
        let crumbs = vec![
            Crumb::above("Users", "/users"),
            Crumb::here("Add from a file"),
        ];
        let review = review.filter(|_| !another);
        let lead = if review.is_some() {
            "Nothing is done before you press the button."
        } else {
            "A table with a line for each person, saved as CSV. You see what would happen before anything does."
        };
        let is_review = review.is_some();
        view! {
            <Page title="Add users from a file" section=Section::Users crumbs>
                <PageHead title="Add users from a file" lead>
                    {is_review.then(|| view! { <ButtonLink href="/users/import?another=1">"Take another file"</ButtonLink> })}
                </PageHead>
                {match review {
                    Some(review) => view! { <Look review /> }.into_any(),
                    None => view! { <Take nodes /> }.into_any(),
                }}
            </Page>
        }
    })
}

#[component]
fn Take(nodes: Vec<NodeInTree>) -> impl IntoView {
    let again = again("import");
    let choices = node_choices_with(&nodes, Privilege::ManageUsers);
    let pasted = again.value("pasted").filter(|text| !text.is_empty());
    view! {
        <div class="columns">
            <Panel id="take" title="The file">
                <PanelBody>
                    <form class="stack" method="post" action="/users/import/file" enctype="multipart/form-data">
                        <FormErrors errors=again.errors() />
                        <Field
                            name="file"
                            label="File"
                            hint=format!("CSV in UTF-8, 1 MB and {MOST_ROWS} lines at the most.")
                            error=again.error("file")
                        >
                            <FileInput />
                        </Field>
                        <Field name="pasted" label="Or paste its lines" hint="With the line of titles.">
                            <PasteInput />
                        </Field>
                        <Field name="node" label="Node" hint="For lines that name none.">
                            <Select choices chosen=again.value("node") />
                        </Field>
                        <div class="buttons">
                            <Button kind=Kind::Primary icon="upload">
                                "Look at it first"
                            </Button>
                            <ButtonLink href="/users" kind=Kind::Quiet>
                                "Back to users"
                            </ButtonLink>
                        </div>
                    </form>
                    {pasted
                        .map(|text| {
                            view! {
                                <h3>"What you pasted"</h3>
                                <pre>{text}</pre>
                            }
                        })}
                </PanelBody>
            </Panel>
            <Panel id="columns" title="What stands in it">
                <PanelBody>
                    <Impact>
                        <ImpactLine icon="mail">"email: the address they sign in with. Unique across all nodes."</ImpactLine>
                        <ImpactLine icon="id">"name; or given name and family name."</ImpactLine>
                        <ImpactLine icon="nodes">"node, if you like: its name or its number."</ImpactLine>
                        <ImpactLine icon="info">
                            "The titles stand in any order and case; comma, semicolon or tab between the cells. Other columns are not read. Every cell is text."
                        </ImpactLine>
                        <ImpactLine icon="invited" tone=Tone::Info>
                            "They are Invited, and nobody is written to yet: choose them in the list to send invitations."
                        </ImpactLine>
                    </Impact>
                </PanelBody>
                <PanelFoot>
                    <ButtonLink href="/users/import/sample.csv" icon="download">
                        "Download a sample"
                    </ButtonLink>
                </PanelFoot>
            </Panel>
        </div>
    }
    .into_any()
}

#[component]
fn FileInput() -> impl IntoView {
    view! { <input class="input" type="file" id="field-file" name="file" accept=".csv,.tsv,.txt,text/csv" aria-describedby="field-file-hint" /> }
}

#[component]
fn PasteInput() -> impl IntoView {
    view! { <textarea class="textarea" id="field-pasted" name="pasted" rows="6" spellcheck="false" aria-describedby="field-pasted-hint" /> }
}

/// What would become of the rows, or what became of them.
#[component]
fn Look(review: Review) -> impl IntoView {
    let (over, began) = (review.is_over(), review.position > 0);
    view! {
        <div class="stack">
            {began.then(|| view! { <Became imported=review.imported.clone() over /> })}
            {(!over).then(|| view! { <Question review /> })}
        </div>
    }
}

#[component]
fn Became(imported: Imported, over: bool) -> impl IntoView {
    let said = crate::words::many::imported(&imported.tally);
    let has_left = !imported.left.is_empty();
    let more = imported.unnamed();
    view! {
        <Panel id="became" title="What was done">
            <PanelBody>
                <Impact>
                    <ImpactLine icon="active" tone=Tone::Good>
                        {said}
                    </ImpactLine>
                </Impact>
            </PanelBody>
            <PanelFoot>{over.then(|| view! { <ButtonLink href="/users?state=invited">"Show invited users"</ButtonLink> })}</PanelFoot>
        </Panel>
        {has_left.then(|| view! { <Rows rows=imported.left /> })}
        {(more > 0).then(|| view! { <p class="muted">{format!("{} not added and not shown.", counted(more, "more line was", "more lines were"))}</p> })}
    }
}

#[component]
fn Question(review: Review) -> impl IntoView {
    let tally = review.tally;
    let add = counted(tally.added, "user", "users");
    let shown = i64::try_from(review.rows.len()).unwrap_or_default();
    let rest = review.all - review.position;
    let unread = review.unread.join(", ");
    view! {
        <form method="post" action=CarryOutImport::url()>
            <input type="hidden" name="plan" value=review.plan.clone() />
        <Panel id="review" title="What would happen" lead=format!("{} in the file.", counted(rest, "line is", "lines are"))>
            <PanelBody>
                <FormErrors errors=again("add-file").errors() />
                <Impact>
                    <ImpactLine icon="active" tone=Tone::Good>
                        {format!("{} added, Invited; nobody is written to yet", counted(tally.added, "user is", "users are"))}
                    </ImpactLine>
                    {(tally.exists > 0)
                        .then(|| {
                            view! {
                                <ImpactLine icon="pending" tone=Tone::Wait>
                                    {format!("{} here already and stay as they are", figure(tally.exists))}
                                </ImpactLine>
                            }
                        })}
                    {(tally.refused > 0)
                        .then(|| {
                            view! {
                                <ImpactLine icon="failed" tone=Tone::Stop>
                                    {format!("{} refused: see why below", counted(tally.refused, "line is", "lines are"))}
                                </ImpactLine>
                            }
                        })}
                    {(!unread.is_empty()).then(|| view! { <ImpactLine icon="info">{format!("Columns that are not read: {unread}")}</ImpactLine> })}
                </Impact>
            </PanelBody>
            {if tally.added > 0 {
                view! {
                    <PanelFoot words="Each line is looked at again in its turn.">
                        <ButtonLink href="/users">"Add nobody"</ButtonLink>
                        <Button kind=Kind::Primary icon="plus">
                            {format!("Add {add}")}
                        </Button>
                    </PanelFoot>
                }
                .into_any()
            } else {
                view! {
                    <PanelFoot words="There is nobody to add.">
                        <ButtonLink href="/users/import?another=1">"Take another file"</ButtonLink>
                    </PanelFoot>
                }
                .into_any()
            }}
        </Panel>
        </form>
        <Rows rows=review.rows />
        {(rest > shown).then(|| view! { <p class="muted">{format!("{} more lines are not shown.", figure(rest - shown))}</p> })}
    }
    .into_any()
}

/// Rows, those with faults first.
#[component]
fn Rows(rows: Vec<Reviewed>) -> impl IntoView {
    let columns = vec![
        Column::number("Line"),
        Column::named("User"),
        Column::named("What happens"),
        Column::named("Where, or why not"),
    ];
    let rows = rows
        .into_iter()
        .map(|one| view! { <Row one /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Row(one: Reviewed) -> impl IntoView {
    let tone = match one.fate {
        Fate::Added => Tone::Good,
        Fate::Exists => Tone::Wait,
        Fate::Refused => Tone::Stop,
    };
    view! {
        <tr>
            <td class="number brief">{one.row.line}</td>
            <th scope="row">
                <span class="name">{one.row.name}</span>
                <span class="sub">{one.row.email}</span>
            </th>
            <td data-label="What happens" data-tone=tone.name()>
                {fate(one.fate)}
            </td>
            <td class="wide">{one.words}</td>
        </tr>
    }
}

#[server(endpoint = "import/review")]
pub async fn review_import() -> Result<Option<Review>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::import::review(&db, &admin).await?)
}

#[server(endpoint = "import/carry_out")]
pub async fn carry_out_import(plan: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let done = directory::admin::import::carry_out(&db, &admin, &plan).await;
    let said =
        |done: Imported| Done::at("/users/import").says(crate::words::many::imported(&done.tally));
    answer(Form::new("add-file", "/users/import"), done.map(said)).await
}
