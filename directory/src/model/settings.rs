//! What the deployment as a whole is set to.

use super::text::words;

words!(
    /// Whether something is done.
    Switch {
        /// It is.
        On = "on",
        /// It is not.
        Off = "off",
    }
);

impl From<bool> for Switch {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}

/// The settings of the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// An administrator who signs in approves what waits at the nodes they manage (behaviour.md 6 #34); on by default.
    pub approve_at_sign_in: Switch,
}
