//! Feeds `fuzz::targets::filter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::targets::filter(data));
