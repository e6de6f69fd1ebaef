//! The commands of the program, one file each.

pub mod demo;
pub mod doctor;
pub mod serve;
