//! Where mail leaves, what did not, and a mail to oneself.

use crate::components::button::Button;
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{FactRow, Facts, Panel, PanelBody, PanelFoot};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever};
use crate::visit::{Leaves, visit};
use crate::words::counted;
use directory::model::mail::{Failure, MailState};
use leptos::prelude::*;
use server_fn::ServerFn;

/// How mail fares, as far as the administrator may know.
pub type Mail = Option<MailState>;

#[component]
pub fn MailPanel(mail: Mail) -> impl IntoView {
    let leaves = visit().leaves;
    mail.map(|state| {
        let trouble = state.trouble.clone().filter(|_| leaves.is_some());
        view! {
            <Panel id="mail" title="Mail" lead="Invitations, alerts, and nothing else.">
                {match leaves.clone() {
                    Some(leaves) => view! { <Way leaves state=state.clone() /> }.into_any(),
                    None => view! { <NoWay waiting=state.waiting /> }.into_any(),
                }}
                {trouble
                    .map(|(since, why)| {
                        view! {
                            <PanelBody>
                                <Notice sign=NoticeSign::STOP title="No mail leaves">
                                    <p>"Since " <Ago at=since /> ": " {why}</p>
                                </Notice>
                            </PanelBody>
                        }
                    })}
                {(!state.failures.is_empty()).then(|| view! { <Failures failures=state.failures.clone() /> })}
                {leaves.is_some().then(|| view! { <Test /> })}
            </Panel>
        }
    })
}

#[component]
fn Way(leaves: Leaves, state: MailState) -> impl IntoView {
    let how = if leaves.encrypted {
        "encrypted"
    } else {
        "not encrypted: whoever stands between can read it"
    };
    view! {
        <Facts>
            <FactRow name="Mail server">
                <code>{leaves.by}</code>
                ", "
                {how}
            </FactRow>
            <FactRow name="From">{leaves.from}</FactRow>
            <FactRow name="Waiting">{counted(state.waiting, "mail", "mails")}</FactRow>
            <FactRow name="Last mail left">
                <AgoOrNever at=state.left_last />
            </FactRow>
        </Facts>
    }
}

#[component]
fn NoWay(waiting: i64) -> impl IntoView {
    view! {
        <PanelBody>
            <Notice sign=NoticeSign::WAIT title="No mail server is named">
                <p>
                    {counted(waiting, "mail waits", "mails wait")} " here until one is. Name it where the server is started: "
                    <code>"--mail-host mail.acme.example --mail-from muster@acme.example"</code>
                    ", or in the table " <code>"mail"</code> " of the settings file."
                </p>
            </Notice>
        </PanelBody>
    }
}

#[component]
fn Failures(failures: Vec<Failure>) -> impl IntoView {
    let columns = vec![
        Column::named("Given up"),
        Column::named("Why"),
        Column::named("When"),
    ];
    let rows = failures
        .into_iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="name" href=format!("/users/{}", one.user_id)>
                            {one.label}
                        </a>
                        <span class="sub">{one.recipient}</span>
                    </th>
                    <td data-label="Why">{one.trouble}</td>
                    <td data-label="When">
                        <Ago at=one.at />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Test() -> impl IntoView {
    let to = visit().viewer.map(|viewer| viewer.login);
    view! {
        <form method="post" action=SendTestMail::url()>
            <PanelFoot words=format!("A mail to {} shows whether mail arrives.", to.unwrap_or_default())>
                <Button icon="mail">"Send a test mail to me"</Button>
            </PanelFoot>
        </form>
    }
}

/// None for an administrator who does not manage people at the top.
#[server(endpoint = "settings/mail")]
pub async fn read_mail() -> Result<Mail, AppError> {
    use crate::server::{admin, if_allowed};
    let (db, admin) = admin().await?;
    if_allowed(directory::admin::mail::state(&db, &admin).await)
}

#[server(endpoint = "settings/test_mail")]
pub async fn send_test_mail() -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let sent = directory::admin::mail::send_test(&db, &admin).await;
    let done = |()| Done::at("/settings").says("A test mail to you is on its way.");
    answer(Form::button("/settings"), sent.map(done)).await
}
