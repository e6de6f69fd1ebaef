//! The way from a draft to a method that is on: fill in, test, sign in once, switch on.

use crate::components::button::{Button, Kind};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::Panel;
use crate::error::AppError;
use crate::pages::frame::Ago;
use crate::words::{listed, sign_in::of_test};
use directory::model::id::NodeId;
use directory::model::settings::Switch;
use directory::model::sign_in_method::{Method, MethodDetail, MethodState, TestResult};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn Way(detail: MethodDetail) -> impl IntoView {
    let method = detail.method;
    let is_filled = !method.issuer.is_empty();
    let is_tested = method.test_result == TestResult::Fine;
    let is_verified = method.state != MethodState::Draft;
    let is_on = method.state == MethodState::On;
    let done = [is_filled, is_tested || is_verified, is_verified, is_on];
    let now = done.iter().position(|done| !done);
    let [filled, tested, verified, on] =
        [0, 1, 2, 3].map(|place: usize| match (done[place], now == Some(place)) {
            (true, _) => StepState::Done,
            (false, true) => StepState::Now(number(place)),
            (false, false) => StepState::Later(number(place)),
        });
    let domains = detail.domains;
    let (to_test, to_verify) = (method.clone(), method.clone());
    view! {
        <Panel id="way" title="From draft to on">
            <Steps>
                <ListedStep state=filled title="Copy the addresses, fill in the provider">
                    <p>"The guide below says where each value stands at your provider."</p>
                </ListedStep>
                <ListedStep state=tested title="Test the connection">
                    <Test method=to_test is_now=now == Some(1) />
                </ListedStep>
                <ListedStep state=verified title="Sign in once to verify">
                    <Verify method=to_verify is_now=now == Some(2) />
                </ListedStep>
                <ListedStep state=on title="Switch it on">
                    <SwitchOn method is_now=now == Some(3) domains />
                </ListedStep>
            </Steps>
        </Panel>
    }
}

fn number(place: usize) -> u8 {
    u8::try_from(place + 1).unwrap_or_default()
}

fn kind(is_now: bool) -> Kind {
    if is_now { Kind::Primary } else { Kind::Plain }
}

#[component]
fn Test(method: Method, is_now: bool) -> impl IntoView {
    if method.issuer.is_empty() {
        return view! { <p>"Reads what the provider says of itself, and names the first thing that is wrong."</p> }
            .into_any();
    }
    let (happened, advice) = of_test(&method);
    let sign = match method.test_result {
        TestResult::Fine => NoticeSign::GOOD,
        TestResult::Untested => NoticeSign::INFO,
        _ => NoticeSign::STOP,
    };
    let title = match method.test_result {
        TestResult::Fine => "The connection works",
        TestResult::Untested => "Not tested yet",
        _ => "The connection does not work",
    };
    view! {
        <div class="stack tight">
            <Notice sign title>
                <p>{happened} " " {advice}</p>
                {method.tested_at.map(|at| view! { <p class="muted">"Tested " <Ago at /></p> })}
            </Notice>
            <form method="post" action=TestMethod::url()>
                <input type="hidden" name="node" value=method.node_id.to_string() />
                <Button kind=kind(is_now) icon="sync">
                    "Test connection"
                </Button>
            </form>
        </div>
    }
    .into_any()
}

#[component]
fn Verify(method: Method, is_now: bool) -> impl IntoView {
    if method.issuer.is_empty() {
        return view! { <p>"You sign in at the provider, and stay yourself here."</p> }.into_any();
    }
    let class = if is_now { "button primary" } else { "button" };
    let words = match (&method.verified_as, method.verified_at) {
        (Some(whom), Some(at)) if method.state != MethodState::Draft => {
            view! { <p>"Verified " <Ago at /> " as " {whom.clone()} "."</p> }.into_any()
        }
        _ => view! { <p>"You sign in at the provider, and stay yourself here: nothing is created, and you see what it says of you."</p> }
            .into_any(),
    };
    view! {
        <div class="stack tight">
            {words}
            <div class="buttons">
                <a class=class href=format!("/sign-in/{}?for=verify", method.id) rel="external">
                    "Sign in to verify"
                </a>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn SwitchOn(method: Method, is_now: bool, domains: Vec<String>) -> impl IntoView {
    let leads = if domains.is_empty() {
        "No domain leads to it: people choose it by its enterprise domain, or begin at the provider.".to_owned()
    } else {
        format!("Addresses of {} lead to it.", listed(&domains))
    };
    let can = matches!(method.state, MethodState::Verified | MethodState::Off);
    view! {
        <div class="stack tight">
            <p>{leads}</p>
            {can
                .then(|| {
                    view! {
                        <form method="post" action=SwitchMethod::url()>
                            <input type="hidden" name="node" value=method.node_id.to_string() />
                            <input type="hidden" name="to" value=Switch::On.as_str() />
                            <Button kind=kind(is_now) icon="check">
                                "Switch on"
                            </Button>
                        </form>
                    }
                })}
        </div>
    }
}

#[server(endpoint = "sign_in_methods/test")]
pub async fn test_method(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer, console};
    use directory::admin::sign_in_methods::{get, tested};
    let (db, admin) = admin().await?;
    let page = super::method_page(node);
    let done = async {
        let method = get(&db, &admin, node).await?.method;
        let (result, detail) = console()?.outside.test(method.clone()).await;
        tested(&db, &admin, &method, result, &detail).await?;
        Ok::<_, AppError>(Done::at(&page))
    };
    answer(Form::button(&page), done.await).await
}

#[server(endpoint = "sign_in_methods/switch")]
pub async fn switch_method(node: NodeId, to: Switch) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = super::method_page(node);
    let switched = directory::admin::sign_in_methods::switch(&db, &admin, node, to).await;
    let words = match to {
        Switch::On => "Single sign-on is on.",
        Switch::Off => {
            "Single sign-on is off: nobody signs in with it. Whoever is signed in stays so."
        }
    };
    let done = |_| Done::at(&page).says(words);
    answer(Form::button(&page), switched.map(done)).await
}
