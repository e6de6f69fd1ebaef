//! Names of things: newtypes, so that one id is never taken for another.

macro_rules! text_id {
    ($(#[$about:meta])* $name:ident) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "store", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as it is written in URLs.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A user: a UUIDv7, never used again for another person.
    UserId
);
text_id!(
    /// A team: a UUIDv7, the same before and after its approval.
    TeamId
);
text_id!(
    /// A role: a UUIDv7, or the word of a built-in one.
    RoleId
);
text_id!(
    /// A connection: a UUIDv7. Its URL carries the node instead.
    ConnectionId
);
text_id!(
    /// The public part of a token: 12 characters, base62 (TOK-1).
    TokenId
);

text_id!(
    /// A storm: a UUIDv7.
    StormId
);
text_id!(
    /// A sign-in method: a UUIDv7. Its addresses carry it: `/sign-in/{id}`.
    MethodId
);

/// A node: a number, because the SCIM URL carries it (`/api/rest/scim/v2/{node_id}`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "store", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct NodeId(pub i64);

impl NodeId {
    /// The node at the top, which bears the organisation's name.
    pub const ROOT: Self = Self(1);
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
