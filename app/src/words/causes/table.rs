//! The one table of causes: when each holds, why it is so, and what to do about it.

use super::{Cause, Seen};
use directory::Error;
use directory::model::request::{Client, Remark};

/// Only the log itself knows: it looks up what became of a token.
fn told_by_the_log(_: &Seen) -> bool {
    false
}

fn is_invalid(seen: &Seen, wrong: &str) -> bool {
    matches!(seen.refusal, Some(Error::Invalid { field, .. }) if *field == wrong)
}

fn is_bad(seen: &Seen, scim_type: &str) -> bool {
    seen.status == 400 && seen.scim_type == Some(scim_type)
}

fn is_forbidden(seen: &Seen, words: &str) -> bool {
    matches!(seen.refusal, Some(Error::Forbidden(sentence)) if sentence.contains(words))
}

/// Whether the path is `/Users/…` or `/Groups/…`.
fn names_one(seen: &Seen, kind: &str) -> bool {
    let place = seen.path.split('?').next().unwrap_or_default();
    place
        .strip_prefix(kind)
        .is_some_and(|id| id.len() > 1 && id != "/.search")
}

const fn cause(
    word: &'static str,
    when: fn(&Seen) -> bool,
    why: &'static str,
    cure: &'static [&'static str],
) -> Cause {
    Cause {
        word,
        when,
        why,
        cure,
        at: &[],
    }
}

const fn cause_at(row: Cause, at: &'static [(Client, &'static [&'static str])]) -> Cause {
    Cause { at, ..row }
}

const PASTE: &str = "Paste it into {client}, without spaces around it and without the word Bearer.";
const GENERATE: &str =
    "Generate a token on the page of this connection, and press Save connection.";
const TEST_AGAIN: &str = "Test the connection again in {client}.";
const NOTHING: &str = "Nothing: {client} waits and tries again by itself.";
const RETRY: &str = "Then let {client} try again.";

/// Every cause there is.
pub const CAUSES: &[Cause] = &[
    // The token.
    cause_at(
        cause(
            "not_saved",
            told_by_the_log,
            "{client} tested the connection before Save was pressed. A token is good from the moment the connection is saved.",
            &[
                "Press Save connection on the page of this connection.",
                "Then test again in {client}.",
            ],
        ),
        &[(
            Client::Okta,
            &[
                "Press Save connection on the page of this connection.",
                "In Okta, press Test Connector Configuration again, then Save.",
            ],
        )],
    ),
    cause(
        "new_token_not_saved",
        told_by_the_log,
        "{client} uses a token that was generated here and not saved yet. Tokens that were saved before still work.",
        &[
            "Press Save connection on the page of this connection.",
            TEST_AGAIN,
        ],
    ),
    cause_at(
        cause(
            "no_token",
            told_by_the_log,
            "{client} sent no token. Every request needs the header Authorization: Bearer, followed by the token.",
            &[GENERATE, PASTE, TEST_AGAIN],
        ),
        &[
            (
                Client::Okta,
                &[
                    "In Okta, open Provisioning › Integration › Edit and choose HTTP Header as Authentication Mode.",
                    "Paste the token into Authorization, without the word Bearer.",
                    "Press Test Connector Configuration, then Save.",
                ],
            ),
            (
                Client::Entra,
                &[
                    "In Entra ID, open Provisioning and paste the token into Secret token.",
                    "Press Test connection, then Save.",
                ],
            ),
        ],
    ),
    cause(
        "not_a_token",
        told_by_the_log,
        "What {client} sent as a token is none: it was cut off when it was copied, has the word Bearer twice, or is another secret.",
        &[
            "Copy the token with its Copy button, whole. If it is no longer shown, generate another and save.",
            PASTE,
            TEST_AGAIN,
        ],
    ),
    cause(
        "unknown_token",
        told_by_the_log,
        "The token has the right form, and nothing is known of it here: it belonged to a connection that was removed, was replaced before it was saved, or is of another installation.",
        &[GENERATE, PASTE, TEST_AGAIN],
    ),
    cause(
        "other_node",
        told_by_the_log,
        "The token is good, but for another node. The URL names the node, and each node has its own token.",
        &[
            "Compare the base URL in {client} with the one on the page of this connection.",
            "Use the URL and the token of the same connection.",
            TEST_AGAIN,
        ],
    ),
    cause(
        "revoked",
        told_by_the_log,
        "The token was revoked here, and {client} still uses it.",
        &[GENERATE, PASTE, TEST_AGAIN],
    ),
    cause(
        "expired",
        told_by_the_log,
        "The token has come to its end: a year after it was made, or three days after a newer one was used.",
        &[GENERATE, PASTE, TEST_AGAIN],
    ),
    // How much was asked for.
    cause(
        "too_many_wrong_tokens",
        |seen| seen.status == 429 && !seen.has_good_token,
        "So many requests with a wrong token came from this address that it has to wait before its next one.",
        &[
            "Stop {client}, or whoever asks from this address.",
            "Put the right token in place, then start it again.",
        ],
    ),
    cause(
        "held_back",
        |seen| matches!(seen.refusal, Some(Error::Held(_))),
        "{client} locked or removed many within an hour, and this connection holds such back. Nothing was changed.",
        &[
            "Look at what it wants to change, on the page of this connection.",
            "Let it through if it is meant: {client} then carries on by itself. Otherwise correct it in {client}.",
        ],
    ),
    cause(
        "too_many_requests",
        |seen| seen.status == 429,
        "{client} sent more requests at once than the limit of this server allows. Nothing is lost: the answer says when to go on.",
        &[
            NOTHING,
            "If it happens often, raise scim_rate_limit in the settings file of the server.",
        ],
    ),
    // People.
    cause_at(
        cause(
            "no_address",
            |seen| is_invalid(seen, "userName"),
            "The person has no e-mail address to sign in with: neither the userName nor any of the emails is one.",
            &[
                "In {client}, send the e-mail address as userName.",
                "Then assign the person again.",
            ],
        ),
        &[
            (
                Client::Okta,
                &[
                    "In Okta, open Sign On › Edit › Credentials Details and set Application username format to Email.",
                    "Press Save, then Update Now, and assign the person again.",
                ],
            ),
            (
                Client::Entra,
                &[
                    "In Entra ID, open Provisioning › Mappings › Provision Users and map userName to mail or userPrincipalName.",
                    "Save, then choose Provision on demand for the person.",
                ],
            ),
        ],
    ),
    cause(
        "taken",
        |seen| seen.status == 409 && !seen.path.starts_with("/Groups"),
        "Somebody has this userName, address or externalId already. An address belongs to one person on all nodes together.",
        &[
            "Search this console for the address. Somebody who was added by hand is taken over when they are in the node of this connection.",
            "If it is somebody else, give one of the two another address.",
            RETRY,
        ],
    ),
    cause(
        "team_taken",
        |seen| seen.status == 409,
        "A team of this node has the name or the externalId already, and this connection keeps them unique.",
        &[
            "Rename one of the two groups in {client}, or switch off Unique team names on the page of this connection.",
            "Push the group again.",
        ],
    ),
    cause_at(
        cause(
            "unknown_members",
            |seen| is_invalid(seen, "members"),
            "The group names members who are not people of this node: they were never assigned to this application, or were created anew here, and {client} knows only their old id. Identity providers show this as “Not Found”.",
            &[
                "In {client}, take the assignment of these people away and assign them again: it learns their ids.",
                "Push the group again.",
            ],
        ),
        &[(
            Client::Okta,
            &[
                "In Okta, open Assignments: remove the people, and assign them again. Okta then learns their new ids.",
                "Open Push Groups, and press Push now for this group.",
            ],
        )],
    ),
    cause(
        "unknown_groups",
        |seen| is_invalid(seen, "groups"),
        "The person is put into a group that this node does not have. A group of another node does not count.",
        &[
            "Push the group first, by this connection.",
            "Then send the person again.",
        ],
    ),
    cause_at(
        cause(
            "person_unknown",
            |seen| seen.status == 404 && names_one(seen, "/Users"),
            "Nobody of this node has the id that {client} knows: the person was deleted by {client}, moved to another node, or created anew here.",
            &[
                "In {client}, take the assignment of the person away and assign them again.",
                "It then looks for them by userName, and finds or creates them.",
            ],
        ),
        &[(
            Client::Okta,
            &[
                "In Okta, open Assignments, remove the person, and assign them again.",
                "If Okta shows “Unable to update Group Push mapping … Not Found”, push the group again afterwards.",
            ],
        )],
    ),
    cause_at(
        cause(
            "team_unknown",
            |seen| seen.status == 404 && names_one(seen, "/Groups"),
            "No team of this node has the id that {client} knows: it was removed, and {client} keeps the old id.",
            &[
                "In {client}, unlink the group from this application.",
                "Push it again: it gets a new id.",
            ],
        ),
        &[(
            Client::Okta,
            &[
                "In Okta, open Push Groups, choose the group and Unlink pushed group.",
                "Push the group again by name.",
            ],
        )],
    ),
    cause(
        "nothing_there",
        |seen| seen.status == 404,
        "There is nothing at this address. Something stands before or after the base URL that {client} was given.",
        &[
            "Copy the base URL from the page of this connection into {client}: it ends with the number of the node.",
            TEST_AGAIN,
        ],
    ),
    cause(
        "added_by_hand",
        |seen| is_forbidden(seen, "added by hand"),
        "It was added here by hand and {client} has never assigned it: it may not lock or remove what it does not keep.",
        &[
            "In {client}, assign the person or push the group first: it is taken over then.",
            RETRY,
        ],
    ),
    cause(
        "last_administrator",
        |seen| seen.refusal == Some(&Error::LastAdministrator),
        "This person is the last administrator who can sign in. Locking them would lock everybody out of the console.",
        &["Give somebody else the role of an administrator.", RETRY],
    ),
    cause(
        "address_kept",
        |seen| matches!(seen.refusal, Some(Error::Fixed(sentence)) if sentence.contains("keeps the address")),
        "One of the person's roles keeps the address they sign in with as it is, and {client} sent another.",
        &[
            "Change the role here, under Policies, or take it from the person.",
            "Or send the address they have now.",
        ],
    ),
    cause(
        "administrator",
        |seen| matches!(seen.refusal, Some(Error::Fixed(_))),
        "The person is an administrator here. An identity provider may lock them, but never change what they sign in with.",
        &[
            "Change the address in this console, so that both agree.",
            "Or take the administrator's role away first.",
        ],
    ),
    // What was sent.
    cause(
        "bad_filter",
        |seen| is_bad(seen, "invalidFilter"),
        "The filter cannot be read, or asks for something that cannot be searched. The sentence of the answer says where.",
        &[
            "In {client}, match people by userName or externalId, and groups by displayName.",
            "A value stands in double quotes: userName eq \"ada@example.com\".",
        ],
    ),
    cause(
        "no_such_path",
        |seen| is_bad(seen, "invalidPath"),
        "The change names an attribute that does not exist here. Operations[n] in the answer says which one, counted from 0. Nothing of the request was applied.",
        &[
            "In {client}, remove this attribute from the mapping, or map it to one that /Schemas lists.",
            RETRY,
        ],
    ),
    cause(
        "no_target",
        |seen| is_bad(seen, "noTarget"),
        "The change selects a value that is not there. Operations[n] in the answer says which one, counted from 0. Nothing of the request was applied.",
        &[
            "In {client}, send the whole person or group again.",
            "If it stays, remove the attribute from the mapping.",
        ],
    ),
    cause(
        "read_only",
        |seen| is_bad(seen, "mutability"),
        "The change is of an attribute that clients may not change, or takes away one that must be there. Nothing of the request was applied.",
        &[
            "In {client}, remove this attribute from the mapping.",
            RETRY,
        ],
    ),
    cause(
        "not_readable",
        |seen| is_bad(seen, "invalidSyntax"),
        "The body is not the JSON that this request needs.",
        &[
            "Look at the request below: the answer says what is wrong with it.",
            "With your own client, compare it with RFC 7644. With an identity provider, report it to them.",
        ],
    ),
    cause(
        "bad_version",
        |seen| is_bad(seen, "invalidVers"),
        "The header If-Match or If-None-Match holds nothing that can be a version.",
        &["Send the value of ETag or meta.version as it was received, with its quotes."],
    ),
    cause(
        "bad_value",
        |seen| is_bad(seen, "invalidValue"),
        "A value is missing, or not of the form it must have. The sentence of the answer names it.",
        &["In {client}, correct the mapping of this attribute.", RETRY],
    ),
    cause(
        "incomplete",
        |seen| matches!(seen.status, 400 | 408),
        "The body did not come whole: it broke off, or took longer than 30 seconds.",
        &[
            NOTHING,
            "If it happens often, look at the proxy between {client} and this server.",
        ],
    ),
    cause(
        "changed_meanwhile",
        |seen| seen.status == 412,
        "The person or group was changed since {client} read it, and it asked for its change to count only if not (If-Match).",
        &["Nothing: {client} reads it again and sends its change anew."],
    ),
    cause(
        "too_large",
        |seen| seen.status == 413,
        "The body is larger than this address takes.",
        &["In {client}, send fewer members or operations in one request."],
    ),
    cause(
        "wrong_media",
        |seen| seen.status == 415,
        "The body was not sent as application/scim+json or application/json, or it was compressed.",
        &[
            "In {client}, send the header Content-Type: application/scim+json, and no Content-Encoding.",
        ],
    ),
    cause(
        "wrong_method",
        |seen| seen.status == 405,
        "This address exists, but not for this method.",
        &["Use one of the methods that the header Allow of the answer names."],
    ),
    cause(
        "not_offered",
        |seen| seen.status == 501,
        "{client} asked for something that this service does not offer. /ServiceProviderConfig says what it offers.",
        &["Switch it off in {client}, if it can be: people and groups work without it."],
    ),
    // This side.
    cause(
        "paused",
        |seen| matches!(seen.refusal, Some(Error::Paused(_))),
        "An administrator has paused this connection: it reads and locks people, and nothing else.",
        &["Resume the connection on its page.", RETRY],
    ),
    cause(
        "busy",
        |seen| seen.status == 503,
        "Others were changing the same at this moment, so nothing was changed.",
        &[NOTHING],
    ),
    cause(
        "no_room",
        |seen| seen.status == 507,
        "The disk of this server is full. Nothing was changed.",
        &["Ask the operator of this server to make room.", RETRY],
    ),
    cause(
        "broken",
        |seen| seen.status >= 500,
        "The fault is on this side. Nothing was changed.",
        &[
            "Ask the operator of this server to read its log at this time.",
            RETRY,
        ],
    ),
    cause(
        "not_understood",
        |seen| seen.status >= 400,
        "The request was not understood.",
        &["Compare what {client} sends with the guide on the page of this connection."],
    ),
    // What was answered, and is worth knowing.
    cause(
        "admin_lock_stays",
        |seen| seen.remark == Some(Remark::AdminLockStays),
        "{client} activated this person, and they stay locked: an administrator locked them here, and only an administrator takes that back.",
        &["Unlock the person on their page, if they may come back."],
    ),
    cause(
        "addresses_differ",
        |seen| seen.remark == Some(Remark::AddressesDiffer),
        "userName and primary e-mail are two different addresses. The person signs in with the userName; the other is kept as contact data.",
        &["In {client}, keep both the same, so that nobody wonders which one to sign in with."],
    ),
    cause(
        "stands_already",
        told_by_the_log,
        "Everything stood like this already, so nothing changed and no event was written. Identity providers repeat themselves; that is fine.",
        &[],
    ),
    cause(
        "not_noted",
        told_by_the_log,
        "So many requests came at once that the log could not keep up. They were answered all the same; only their lines are missing here.",
        &[],
    ),
    cause(
        "unnamed",
        told_by_the_log,
        "It was refused before causes were noted here. Its status and sentence say what is known.",
        &[],
    ),
];
