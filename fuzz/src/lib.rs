//! What reads the words of strangers, fed with anything: `cargo xtask soak fuzz`.

pub mod targets;
