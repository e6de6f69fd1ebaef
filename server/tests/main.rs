//! The whole program over HTTP, on both databases: connections, sessions, headers, sign-in, SCIM; and its architecture.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the message")]

mod support;

mod access;
mod account;
mod arrival;
mod bad_inputs;
mod bootstrap;
mod bulk;
mod conversations;
mod corpus;
mod exports;
mod filters;
mod guard;
mod headers;
mod invitations;
mod leaving;
mod limits;
mod mail;
mod many_people;
mod misbehaviours;
mod openapi;
mod paging;
mod provisioning;
mod pushes;
mod races;
mod request_log;
mod reveal;
mod second_factor;
mod serve;
mod server_functions;
mod sessions;
mod set_up;
mod sign_in;
mod sign_in_methods;
mod single_sign_on;
mod tidy;
mod tokens;
