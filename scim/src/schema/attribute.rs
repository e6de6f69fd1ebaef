//! The definition of one attribute (RFC 7643 §7).

/// An attribute and its characteristics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The name, in the case in which it is answered.
    pub name: &'static str,
    /// The kind of its values.
    pub kind: Type,
    /// Whether it is a list.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether its text is compared with regard to case.
    pub case_exact: bool,
    /// When a client may set it.
    pub mutability: Mutability,
    /// When it is answered.
    pub returned: Returned,
    /// Where its value occurs only once.
    pub uniqueness: Uniqueness,
    /// What a reference points at.
    pub reference_types: &'static [&'static str],
    /// Values with a meaning agreed on by everybody; others are allowed too.
    pub canonical_values: &'static [&'static str],
    /// What it is, for people.
    pub description: &'static str,
    /// The parts of a complex attribute.
    pub parts: &'static [Attribute],
}

/// The kinds of values that the known attributes have (RFC 7643 §2.3; none of them is a number).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// An instant.
    DateTime,
    /// Bytes as base64.
    Binary,
    /// A URI.
    Reference,
    /// An object with parts.
    Complex,
}

/// When a client may set an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Never.
    ReadOnly,
    /// Always.
    ReadWrite,
    /// Only when it comes into being.
    Immutable,
    /// Always, and nobody may read it.
    WriteOnly,
}

/// When an attribute is answered. Nothing here is on request only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// Always, whatever a projection says.
    Always,
    /// Unless a projection says otherwise.
    Default,
    /// Never, whatever a projection says.
    Never,
}

/// Where a value occurs only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// Anywhere.
    None,
    /// Once on this server.
    Server,
}

impl Type {
    /// The word in `/Schemas`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::DateTime => "dateTime",
            Self::Binary => "binary",
            Self::Reference => "reference",
            Self::Complex => "complex",
        }
    }
}

impl Mutability {
    /// The word in `/Schemas`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

impl Returned {
    /// The word in `/Schemas`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Default => "default",
            Self::Never => "never",
        }
    }
}

impl Uniqueness {
    /// The word in `/Schemas`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
        }
    }
}

impl Attribute {
    /// The part of this name, in any case.
    pub fn part(&self, name: &str) -> Option<&'static Attribute> {
        self.parts
            .iter()
            .find(|part| part.name.eq_ignore_ascii_case(name))
    }

    /// Whether this stands for a whole extension.
    pub fn is_extension(&self) -> bool {
        self.name.starts_with("urn:")
    }

    /// Whether this is one object and not a list of them.
    pub(crate) fn is_single_complex(&self) -> bool {
        self.kind == Type::Complex && !self.multi_valued
    }

    const fn new(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self {
            name,
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: &[],
            canonical_values: &[],
            description,
            parts: &[],
        }
    }

    pub(super) const fn text(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Type::String, description)
    }

    pub(super) const fn boolean(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Type::Boolean, description)
    }

    pub(super) const fn date_time(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Type::DateTime, description)
    }

    pub(super) const fn binary(name: &'static str, description: &'static str) -> Self {
        Self::new(name, Type::Binary, description).exact()
    }

    pub(super) const fn reference(
        name: &'static str,
        types: &'static [&'static str],
        description: &'static str,
    ) -> Self {
        let reference = Self::new(name, Type::Reference, description).exact();
        Self {
            reference_types: types,
            ..reference
        }
    }

    pub(super) const fn complex(
        name: &'static str,
        parts: &'static [Attribute],
        description: &'static str,
    ) -> Self {
        Self {
            parts,
            ..Self::new(name, Type::Complex, description)
        }
    }

    pub(super) const fn many(self) -> Self {
        Self {
            multi_valued: true,
            ..self
        }
    }

    pub(super) const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(super) const fn exact(self) -> Self {
        Self {
            case_exact: true,
            ..self
        }
    }

    pub(super) const fn read_only(self) -> Self {
        Self {
            mutability: Mutability::ReadOnly,
            ..self
        }
    }

    pub(super) const fn immutable(self) -> Self {
        Self {
            mutability: Mutability::Immutable,
            ..self
        }
    }

    pub(super) const fn secret(self) -> Self {
        Self {
            mutability: Mutability::WriteOnly,
            returned: Returned::Never,
            ..self
        }
    }

    pub(super) const fn always(self) -> Self {
        Self {
            returned: Returned::Always,
            ..self
        }
    }

    pub(super) const fn unique(self) -> Self {
        Self {
            uniqueness: Uniqueness::Server,
            ..self
        }
    }

    pub(super) const fn canonical(self, values: &'static [&'static str]) -> Self {
        Self {
            canonical_values: values,
            ..self
        }
    }
}
