//! What somebody shows beside their passphrase: a code of an authenticator app, or one of the codes for the day it is gone.

use super::timestamp::Timestamp;

/// A second factor that is asked for at every sign-in by passphrase.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SecondFactor {
    /// When it was set up.
    pub since: Timestamp,
    /// When a code of it was taken last, at the set-up for the first time.
    pub used: Option<Timestamp>,
    /// How many recovery codes are left.
    pub codes_left: i64,
}

/// What an authenticator app needs, before it is asked for anywhere.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Offer {
    /// The secret, to be typed.
    pub secret: String,
    /// The same as an address, to be read from a picture.
    pub address: String,
}

/// Where somebody stands with their second factor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Standing {
    /// They have no passphrase here: their identity provider asks for what it asks for.
    Elsewhere,
    /// They have none.
    Off,
    /// They have been offered one and have not confirmed it.
    Offered(Offer),
    /// They have one.
    On(SecondFactor),
}
