//! Instants: RFC 3339 text and milliseconds since 1970.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const NANOS_PER_MILLI: i128 = 1_000_000;

/// Reads an instant, with as many fractional digits as there are; without an offset it is UTC
/// (RFC 7643 §2.3.5).
pub fn read(text: &str) -> Option<i64> {
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()?;
    let millis = i64::try_from(instant.unix_timestamp_nanos().div_euclid(NANOS_PER_MILLI)).ok()?;
    at(millis).map(|_| millis)
}

/// Writes an instant with milliseconds, `2026-03-01T12:00:00.000Z`. One outside of the years 0 to
/// 9999, which no clock gives, becomes the nearest that can be written.
pub fn write(millis: i64) -> String {
    let instant = at(millis).unwrap_or(match millis {
        ..0 => time::macros::datetime!(0000-01-01 00:00:00 UTC),
        _ => time::macros::datetime!(9999-12-31 23:59:59.999 UTC),
    });
    let (date, time) = (instant.date(), instant.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

fn at(millis: i64) -> Option<OffsetDateTime> {
    let instant =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * NANOS_PER_MILLI).ok()?;
    (0..=9999).contains(&instant.year()).then_some(instant)
}
