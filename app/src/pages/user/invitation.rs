//! How the invitation of somebody fares, and what to do about it.

use crate::components::notice::{Notice, NoticeSign};
use crate::components::time::date;
use crate::pages::frame::Ago;
use crate::visit::visit;
use crate::words::first_name;
use directory::model::invitation::{Invitation, InvitationState, Reason};
use directory::model::user::UserDetail;
use leptos::prelude::*;

/// What happens next with somebody who has not come in: `then` says what their coming in does.
#[component]
pub fn InvitationNotice(found: UserDetail, then: String) -> impl IntoView {
    let name = first_name(&found.user);
    let Some(invitation) = found.invitation else {
        return view! {
            <Notice sign=NoticeSign::INFO title=format!("Waits for {name} to sign in")>
                <p>"No invitation was sent. " {then}</p>
            </Notice>
        }
        .into_any();
    };
    if let Some(why) = ended(&invitation) {
        return view! {
            <Notice sign=NoticeSign::WAIT title=format!("The invitation of {name} {why}")>
                <p>"Written " <Ago at=invitation.written_at /> " for " <strong>{invitation.recipient}</strong> ". Send another one, and the link in it works. " {then}</p>
            </Notice>
        }
        .into_any();
    }
    match (invitation.sent_at, invitation.failed_at) {
        (Some(at), _) => view! {
            <Notice sign=NoticeSign::INFO title=format!("Waits for {name} to accept the invitation")>
                <p>"Sent " <Ago at /> " to " <strong>{invitation.recipient.clone()}</strong> ". " {until(&invitation)} " " {then}</p>
            </Notice>
        }
        .into_any(),
        (None, Some(at)) => view! {
            <Notice sign=NoticeSign::STOP title=format!("The invitation of {name} could not be sent")>
                <p>{trouble(&invitation)} " Given up " <Ago at /> ". Check the address " <strong>{invitation.recipient.clone()}</strong> ", then send it again."</p>
            </Notice>
        }
        .into_any(),
        (None, None) => view! {
            <Notice sign=NoticeSign::WAIT title=format!("The invitation of {name} waits to be sent")>
                <p>"Written " <Ago at=invitation.written_at /> " for " <strong>{invitation.recipient.clone()}</strong> ". " {waits(&invitation)} " " {then}</p>
            </Notice>
        }
        .into_any(),
    }
}

/// Why an invitation is good no longer.
fn ended(invitation: &Invitation) -> Option<&'static str> {
    if invitation.is_good(visit().now) {
        return None;
    }
    let reason = invitation.reason.as_deref().and_then(Reason::of);
    Some(match (invitation.state, reason) {
        (InvitationState::Accepted, _) => "was accepted",
        (_, Some(Reason::Cancelled)) => "was cancelled",
        (_, Some(Reason::Withdrawn | Reason::Superseded)) => "was taken back",
        _ => "has expired",
    })
}

fn until(invitation: &Invitation) -> String {
    let until = invitation
        .expires_at
        .map(|end| format!("The link is good until {}.", date(end.0, visit().now.0)));
    until.unwrap_or_default()
}

fn trouble(invitation: &Invitation) -> String {
    invitation.trouble.clone().unwrap_or_default()
}

/// Why it has not left yet.
fn waits(invitation: &Invitation) -> String {
    if visit().leaves.is_none() {
        return "This server has no mail server yet: the settings page says how to name one."
            .to_owned();
    }
    match invitation.tries {
        0 => "It leaves as soon as the mail server takes it.".to_owned(),
        1 => format!("Tried once: {}", trouble(invitation)),
        tries => format!("Tried {tries} times: {}", trouble(invitation)),
    }
}
