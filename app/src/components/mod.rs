//! The components of the console.

pub mod badge;
pub mod banner;
pub mod button;
pub mod checklist;
pub mod choose_all;
pub mod copy;
pub mod dialog;
pub mod empty_state;
pub mod form;
pub mod icon;
pub mod layout;
pub mod link;
pub mod menu;
pub mod node_tree;
pub mod notice;
pub mod panel;
pub mod path;
pub mod roll;
pub mod search_shortcut;
pub mod table;
pub mod tabs;
pub mod text;
pub mod time;
pub mod timeline;
pub mod toast;
