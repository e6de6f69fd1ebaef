//! Light, dark, or as the person's system says.

/// What the person chose; kept in a cookie that the server reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The cookie that keeps the choice.
    pub const COOKIE: &'static str = "theme";

    /// Reads the cookie's value; anything unknown means the system's.
    pub fn read(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value of `data-theme` on `<html>`; the system's needs none.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}
