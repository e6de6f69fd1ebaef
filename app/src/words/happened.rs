//! An event as a sentence: who did what to whom, with links to what is still there.

mod sign;

use crate::components::link::Href;
use crate::components::timeline::Sign;
use directory::model::event::{ActorKind, Code, Event};
use directory::model::onboarding::Outcome;
use directory::model::timestamp::Timestamp;
use serde_json::Value;
use sign::sign;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Words(String),
    /// The name of something, and its page.
    Link(String, Href),
}

/// An event, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub sign: Sign,
    pub parts: Vec<Part>,
}

impl Told {
    /// The whole sentence without its links.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Words(words) | Part::Link(words, _) => words.as_str(),
            })
            .collect()
    }
}

/// Tells events in their order. What one act did to several people of one team is told once.
pub fn told_all(events: &[Event]) -> Vec<(Timestamp, Told)> {
    let acts = events.chunk_by(|one, next| {
        (&one.act, one.code, &one.details) == (&next.act, next.code, &next.details)
            && !detail(one, "team_name").is_empty()
    });
    acts.filter_map(|act| {
        let (first, others) = act.split_first()?;
        Some((first.at, told(first, others)))
    })
    .collect()
}

/// Tells an event, and with it the others of the same act.
fn told(event: &Event, others: &[Event]) -> Told {
    let mut event = event.clone();
    // Whoever was deleted permanently has no name any more.
    if event.actor_name.is_empty() {
        "A deleted user".clone_into(&mut event.actor_name);
    }
    Told {
        sign: sign(event.code),
        parts: parts(&event, others),
    }
}

/// What an event is called where one chooses among them.
pub fn name(code: Code) -> String {
    super::sentence(&code.as_str().replace('_', " "))
}

#[expect(clippy::too_many_lines, reason = "a line for each code")]
fn parts(event: &Event, others: &[Event]) -> Vec<Part> {
    let actor = event.actor_name.as_str();
    let by_connection = event.actor_kind == ActorKind::Connection;
    match event.code {
        Code::SetUp => vec![
            words(actor),
            words(" set up Muster as the first administrator"),
        ],
        Code::NodeAdded => act(event, "added the node"),
        Code::NodeRenamed => act(
            event,
            &format!("renamed the node {} to", detail(event, "before")),
        ),
        Code::NodeRemoved => gone(event, "removed the node"),
        Code::ConnectionAdded => act(event, "began the connection"),
        Code::ConnectionSaved => act(event, "saved the connection"),
        Code::ConnectionChanged => act(event, "changed the connection"),
        Code::ConnectionRemoved => gone(event, "removed the connection"),
        Code::ConnectionRestored => act(event, "restored the connection"),
        Code::ConnectionPaused => act(event, "paused the connection"),
        Code::ConnectionResumed => act(event, "resumed the connection"),
        Code::StormBegan => storm(event, "locked or removed many at once"),
        Code::StormHeld => storm(event, "wants to lock or remove many at once: held back"),
        Code::Exported => of_target(event, "exported", ""),
        Code::LastAdministratorKept => {
            of_target(event, "wanted to lock", ", the last administrator: refused")
        }
        Code::StormKept => of_target(event, "kept the many changes of", ""),
        Code::StormReleased => of_target(event, "let through what was held back of", ""),
        Code::StormUndone => of_target(event, "undid the many changes of", ""),
        Code::ConnectionUsed => vec![target(event), words(" sent its first request")],
        Code::TokenGenerated => act(event, "generated the token"),
        Code::TokenRevoked => act(event, "revoked the token"),
        Code::TokenReplaced => of_target(
            event,
            "put a newer token in place of",
            ", which is good for three days more",
        ),
        Code::UserAdded if by_connection => act(event, "created"),
        Code::UserAdded => act(event, "added"),
        Code::UserLinked => of_target(event, "claimed", ", who was here already"),
        Code::UserChanged => act(event, "changed"),
        Code::UserLocked => act(event, "locked"),
        Code::UserUnlocked => act(event, "unlocked"),
        Code::ConsentAccepted => vec![target(event), words(" consented to transfer")],
        Code::ConsentExtended => of_target(event, "gave", " seven days more to consent"),
        Code::OnboardingStep if detail(event, "outcome") == Outcome::Skipped.as_str() => {
            vec![
                target(event),
                words(" skipped a step after the first sign-in"),
            ]
        }
        Code::OnboardingStep => vec![target(event), words(" took a step after the first sign-in")],
        Code::UserDeletedByConnection => of_target(event, "deleted", ", who is locked here"),
        Code::UserRevived => of_target(event, "brought", " back"),
        Code::UserRecycled => act(event, "deleted"),
        Code::UserMoved => of_target(
            event,
            "moved",
            &format!(
                " from {} to {}",
                detail(event, "from_name"),
                detail(event, "to_name")
            ),
        ),
        Code::UserErased => of_target(event, "deleted", " permanently"),
        Code::UserRestored => act(event, "restored"),
        Code::InvitationSent => act(event, "sent an invitation to"),
        Code::InvitationCancelled => act(event, "cancelled the invitation of"),
        Code::InvitationExpired => vec![
            words("The invitation of "),
            target(event),
            words(" has expired"),
        ],
        Code::InvitationFailed => vec![
            words("The invitation of "),
            target(event),
            words(" could not be sent"),
        ],
        Code::MailTested => vec![words(actor), words(" asked for a test mail")],
        Code::UserActivated => vec![
            target(event),
            words(" accepted the invitation and is active"),
        ],
        Code::SignedIn => vec![target(event), words(" signed in")],
        Code::SignInRefused => vec![target(event), words(" was refused at sign-in")],
        Code::SignedOut => vec![target(event), words(" signed out")],
        Code::SessionEnded => act(event, "ended a session of"),
        Code::SessionsEnded if event.actor_id == event.target_id => {
            vec![target(event), words(" signed out of every browser")]
        }
        Code::SessionsEnded => act(event, "ended every session of"),
        Code::PasswordReceived => act(event, "handed over a password for"),
        Code::PassphraseChanged => vec![target(event), words(" chose another passphrase")],
        Code::ProofRenewed => vec![target(event), words(" proved anew who they are")],
        Code::SecondFactorSetUp => vec![target(event), words(" set up a second factor")],
        Code::SecondFactorRemoved if event.actor_id == event.target_id => {
            vec![target(event), words(" removed their second factor")]
        }
        Code::SecondFactorRemoved => act(event, "removed the second factor of"),
        Code::RecoveryCodeUsed => vec![target(event), words(" used a recovery code")],
        Code::RecoveryCodesMade => vec![target(event), words(" made new recovery codes")],
        Code::IdentityLinked => vec![
            target(event),
            words(" connected an account at an identity provider"),
        ],
        Code::MethodAdded => act(event, "added single sign-on by"),
        Code::MethodChanged => act(event, "changed single sign-on by"),
        Code::MethodVerified => of_target(event, "signed in with", " to verify it"),
        Code::MethodSwitchedOn => act(event, "switched on single sign-on by"),
        Code::MethodSwitchedOff => act(event, "switched off single sign-on by"),
        Code::MethodRemoved => gone(event, "removed single sign-on by"),
        Code::DomainAdded => gone(event, "added the domain"),
        Code::DomainVerified => gone(event, "verified the domain"),
        Code::DomainRouted => gone(event, "chose where people sign in of the domain"),
        Code::DomainRemoved => gone(event, "removed the domain"),
        Code::TeamAdded if by_connection => act(event, "pushed the team"),
        Code::TeamAdded => act(event, "added the team"),
        Code::TeamLinked => of_target(event, "claimed the team", ", which was here already"),
        Code::TeamChanged => act(event, "changed the team"),
        Code::TeamRemoved => gone(event, "removed the team"),
        Code::TeamRestored => act(event, "gave back the team"),
        Code::TeamApproved => act(event, "approved the team"),
        Code::TeamDenied => act(event, "denied the team"),
        Code::MembershipRequested => membership(event, others, "asked for", " in "),
        Code::MembershipGiven => membership(event, others, "put", " into "),
        Code::MembershipApproved => membership(event, others, "approved", " in "),
        Code::MembershipDenied => membership(event, others, "denied", " in "),
        Code::MembershipRemoved => membership(event, others, "took", " out of "),
        Code::MembershipRestored => membership(event, others, "gave", " back to "),
        Code::RoleGiven | Code::TeamRoleGiven => act(event, &format!("gave {} to", role(event))),
        Code::RoleTaken | Code::TeamRoleTaken => act(event, &format!("took {} from", role(event))),
        Code::RoleAdded => act(event, "added the role"),
        Code::RoleChanged => act(event, "changed the role"),
        Code::RoleRemoved => gone(event, "removed the role"),
        Code::RolePrivilegesChanged => of_target(event, "changed what the role", " gives"),
        Code::RolePoliciesChanged => of_target(event, "changed the policies of the role", ""),
        Code::FullSync => vec![
            words(actor),
            words(" ran Full Sync: "),
            words(&synced(event)),
        ],
        Code::SettingChanged => gone(event, "changed the setting"),
        Code::Bootstrapped => vec![words("The bootstrap file filled the directory")],
    }
}

/// Actor, verb, target.
fn act(event: &Event, verb: &str) -> Vec<Part> {
    of_target(event, verb, "")
}

/// The connection, and what it did.
fn storm(event: &Event, verb: &str) -> Vec<Part> {
    let name = event.target_name.clone().unwrap_or_default();
    let (node, id) = (event.node_id.unwrap_or_default(), detail(event, "storm"));
    let page = Href::internal(format!("/nodes/{node}/connection/storms/{id}"));
    vec![
        words(&format!("{name} ")),
        Part::Link(verb.to_owned(), page),
    ]
}

fn of_target(event: &Event, verb: &str, after: &str) -> Vec<Part> {
    let mut parts = vec![
        words(&format!("{} {verb} ", event.actor_name)),
        target(event),
    ];
    if !after.is_empty() {
        parts.push(words(after));
    }
    parts
}

/// Actor, verb, and the name of something that has no page.
fn gone(event: &Event, verb: &str) -> Vec<Part> {
    let name = event.target_name.as_deref().unwrap_or_default();
    vec![words(&format!("{} {verb} {name}", event.actor_name))]
}

/// Actor, verb, people, team.
fn membership(event: &Event, others: &[Event], verb: &str, between: &str) -> Vec<Part> {
    let team = detail(event, "team_name");
    let mut parts = act(event, verb);
    match others {
        [] => {}
        [one] => parts.extend([words(" and "), target(one)]),
        [one, rest @ ..] => parts.extend([
            words(", "),
            target(one),
            words(&format!(" and {} more", rest.len())),
        ]),
    }
    if !team.is_empty() {
        let page = Href::internal(format!("/teams/{}", detail(event, "team")));
        parts.extend([words(between), Part::Link(team, page)]);
    }
    parts
}

fn words(text: &str) -> Part {
    Part::Words(text.to_owned())
}

/// The name of what it was done to, leading to its page where it has one.
fn target(event: &Event) -> Part {
    let name = event.target_name.clone().unwrap_or_default();
    let id = event.target_id.as_deref().unwrap_or_default();
    let node = event.node_id.unwrap_or_default();
    match event.target_kind.as_deref() {
        Some("user") if name.is_empty() => words("a deleted user"),
        Some("user") => Part::Link(name, Href::internal(format!("/users/{id}"))),
        Some("team") => Part::Link(name, Href::internal(format!("/teams/{id}"))),
        Some("node") => Part::Link(name, Href::internal(format!("/nodes/{id}"))),
        Some("role") => Part::Link(name, Href::internal(format!("/roles/{id}"))),
        Some("connection") => Part::Link(name, Href::internal(format!("/nodes/{node}/connection"))),
        Some("sign_in_method") => {
            Part::Link(name, Href::internal(format!("/nodes/{node}/sign-in")))
        }
        Some("token") => Part::Link(
            format!("scimc_{id}…"),
            Href::internal(format!("/nodes/{node}/connection")),
        ),
        _ => Part::Words(name),
    }
}

/// *the role Engineer*, or *a role* where nobody noted which.
fn role(event: &Event) -> String {
    match detail(event, "role_name").as_str() {
        "" => "a role".to_owned(),
        name => format!("the role {name}"),
    }
}

fn detail(event: &Event, key: &str) -> String {
    details(event)[key].as_str().unwrap_or_default().to_owned()
}

fn synced(event: &Event) -> String {
    let details = details(event);
    let count = |key: &str| details[key].as_i64().unwrap_or_default();
    format!(
        "{} and {} approved",
        super::counted(count("teams"), "team", "teams"),
        super::counted(count("memberships"), "membership", "memberships")
    )
}

/// An event is never lost to the reader because its details cannot be read.
fn details(event: &Event) -> Value {
    serde_json::from_str(&event.details).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(code: Code, actor_kind: ActorKind, actor: &str, details: &str) -> Event {
        Event {
            id: "1".to_owned(),
            act: "1".to_owned(),
            at: Timestamp(0),
            code,
            actor_kind,
            actor_id: None,
            actor_name: actor.to_owned(),
            node_id: Some(2),
            target_kind: Some("user".to_owned()),
            target_id: Some("7".to_owned()),
            target_name: Some("Grace Hopper".to_owned()),
            details: details.to_owned(),
        }
    }

    #[test]
    fn an_event_is_a_sentence_with_links() {
        let created = told(
            &event(Code::UserAdded, ActorKind::Connection, "Okta", "{}"),
            &[],
        );
        assert_eq!(created.text(), "Okta created Grace Hopper");
        assert!(created.parts.contains(&Part::Link(
            "Grace Hopper".to_owned(),
            Href::internal("/users/7")
        )));
        let details = r#"{"team":"3","team_name":"Ops"}"#;
        let approved = told(
            &event(
                Code::MembershipApproved,
                ActorKind::User,
                "Ada Lovelace",
                details,
            ),
            &[],
        );
        assert_eq!(approved.text(), "Ada Lovelace approved Grace Hopper in Ops");
        let synced = told(
            &event(
                Code::FullSync,
                ActorKind::User,
                "Ada",
                r#"{"teams":1,"memberships":14}"#,
            ),
            &[],
        );
        assert_eq!(
            synced.text(),
            "Ada ran Full Sync: 1 team and 14 memberships approved"
        );
    }

    #[test]
    fn what_one_act_did_to_several_people_is_told_once() {
        let details = r#"{"team":"3","team_name":"Ops"}"#;
        let asked = event(
            Code::MembershipRequested,
            ActorKind::Connection,
            "Okta",
            details,
        );
        let elsewhere = Event {
            details: r#"{"team":"4","team_name":"Design"}"#.to_owned(),
            ..asked.clone()
        };
        let created = event(Code::UserAdded, ActorKind::Connection, "Okta", "{}");
        let all = [
            asked.clone(),
            asked.clone(),
            asked,
            elsewhere,
            created.clone(),
            created,
        ];
        let told: Vec<String> = told_all(&all).iter().map(|(_, told)| told.text()).collect();
        assert_eq!(
            told,
            [
                "Okta asked for Grace Hopper, Grace Hopper and 1 more in Ops",
                "Okta asked for Grace Hopper in Design",
                "Okta created Grace Hopper",
                "Okta created Grace Hopper",
            ]
        );
    }

    #[test]
    fn every_event_has_words_even_when_its_details_cannot_be_read() {
        for code in Code::ALL {
            let told = told(&event(*code, ActorKind::System, "Muster", "no JSON"), &[]);
            assert!(told.text().len() > 8, "{code:?}: {}", told.text());
        }
    }
}
