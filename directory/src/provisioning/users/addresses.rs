//! The address a person signs in with, as it follows from what the identity provider asserts.

use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::user::{Email, Profile, User};

/// The address a person signs in with: the userName where it is one, else the primary address,
/// else the first (behaviour.md 6 #24).
pub(super) fn sign_in_address(profile: &Profile) -> Result<Address> {
    let primary = profile.emails.iter().filter(|email| email.primary);
    let others = profile.emails.iter().filter(|email| !email.primary);
    std::iter::once(profile.user_name.as_str())
        .chain(primary.chain(others).map(|email| email.value.as_str()))
        .find_map(Address::parse)
        .ok_or_else(|| {
            let message = "A person needs a valid e-mail address in userName or emails, because they sign in with it.";
            Error::invalid("userName", message)
        })
}

/// Whether somebody is to sign in with another address than the one that was asserted before.
pub(super) fn moves(user: &User, address: &Address) -> bool {
    let is_new = |known: &Address| known.key != address.key;
    Address::parse(&user.login).as_ref().is_none_or(is_new)
        && asserted_address(user).as_ref().is_none_or(is_new)
}

/// The address that follows from what the identity provider asserted last; none where it asserted nothing yet.
fn asserted_address(user: &User) -> Option<Address> {
    let all: serde_json::Value = serde_json::from_str(&user.attributes).unwrap_or_default();
    let emails = all["emails"].as_array().into_iter().flatten();
    let emails = emails.filter_map(|email| {
        Some(Email {
            value: email["value"].as_str()?.to_owned(),
            primary: email["primary"] == true,
        })
    });
    let before = Profile {
        user_name: user.user_name.clone()?,
        emails: emails.collect(),
        ..Profile::default()
    };
    sign_in_address(&before).ok()
}
