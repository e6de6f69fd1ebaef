//! How the console looks and listens in one browser: its theme, and whether single keys do anything.

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

    /// The word of the cookie.
    pub fn word(self) -> &'static str {
        self.attribute().unwrap_or("system")
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

/// Whether `/`, `?` and `g` with a letter do something; kept in a cookie that the server reads (WCAG 2.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shortcuts {
    #[default]
    On,
    Off,
}

impl Shortcuts {
    /// The cookie that keeps the choice.
    pub const COOKIE: &'static str = "shortcuts";

    /// Reads the cookie's value; anything unknown means that they work.
    pub fn read(value: &str) -> Self {
        match value {
            "off" => Self::Off,
            _ => Self::On,
        }
    }

    /// The word of the cookie.
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// The value of `data-shortcuts` on `<html>`; where they work it needs none.
    pub fn attribute(self) -> Option<&'static str> {
        (self == Self::Off).then_some("off")
    }
}
