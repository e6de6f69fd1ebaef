//! Times as a person reads them: how long ago, with the exact moment behind it.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use time::UtcDateTime;
use time::macros::format_description;
use web_sys::js_sys::Date;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment, said relative to now (*12 s ago*, *yesterday*, *3 Nov*). Script turns its title into local time.
#[component]
pub fn Time(
    /// Milliseconds since 1970, UTC.
    at: i64,
    /// The same clock, when the page was made.
    now: i64,
) -> impl IntoView {
    view! { <Moment at words=relative(at, now) /> }
}

/// A moment that may not have come, such as the last sign-in; *never* when there is none.
#[component]
pub fn TimeOrNever(at: Option<i64>, now: i64) -> impl IntoView {
    match at {
        Some(at) => view! { <Time at now /> }.into_any(),
        None => view! { <span class="none">"never"</span> }.into_any(),
    }
}

/// The hour of a moment (*13:36*), where its day is already said.
#[component]
pub fn ClockTime(at: i64) -> impl IntoView {
    view! { <Moment at words=clock(at) /> }
}

/// The hour of a moment to the second (*13:36:05*), where several may come in one minute.
#[component]
pub fn ClockSeconds(at: i64) -> impl IntoView {
    view! { <Moment at words=clock_seconds(at) /> }
}

/// The day of a moment (*Mon 23 Nov*).
#[component]
pub fn Day(at: i64, now: i64) -> impl IntoView {
    view! { <Moment at words=day(at, now) /> }
}

#[component]
fn Moment(at: i64, words: String) -> impl IntoView {
    let exact = utc(at);
    let machine = exact.map(|exact| {
        exact
            .format(format_description!(
                "[year]-[month]-[day]T[hour]:[minute]:[second]Z"
            ))
            .unwrap_or_default()
    });
    let title = exact.map(|exact| {
        exact
            .format(format_description!(
                "[year]-[month]-[day] [hour]:[minute]:[second] UTC"
            ))
            .unwrap_or_default()
    });
    view! {
        <time datetime=machine title=title>
            {words}
        </time>
    }
}

fn utc(at: i64) -> Option<UtcDateTime> {
    UtcDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000).ok()
}

/// How long ago, or how far ahead.
pub fn relative(at: i64, now: i64) -> String {
    let away = now.saturating_sub(at);
    let (amount, unit) = match away.unsigned_abs().cast_signed() {
        away if away < MINUTE => (away / SECOND, "s"),
        away if away < HOUR => (away / MINUTE, "min"),
        away if away < DAY => (away / HOUR, "h"),
        away if away < 7 * DAY => (away / DAY, if away < 2 * DAY { "day" } else { "days" }),
        _ => return date(at, now),
    };
    match (away < 0, amount, unit) {
        (_, 0, "s") => "now".to_owned(),
        (false, 1, "day") => "yesterday".to_owned(),
        (true, 1, "day") => "tomorrow".to_owned(),
        (false, ..) => format!("{amount} {unit} ago"),
        (true, ..) => format!("in {amount} {unit}"),
    }
}

/// *3 Nov*, with the year when it is another one.
pub fn date(at: i64, now: i64) -> String {
    let (Some(at), Some(now)) = (utc(at), utc(now)) else {
        return String::new();
    };
    let short = format_description!("[day padding:none] [month repr:short]");
    let long = format_description!("[day padding:none] [month repr:short] [year]");
    if at.year() == now.year() {
        at.format(short)
    } else {
        at.format(long)
    }
    .unwrap_or_default()
}

/// *Mon 23 Nov*, with the year when it is another one.
pub fn day(at: i64, now: i64) -> String {
    let weekday = utc(at)
        .and_then(|at| at.format(format_description!("[weekday repr:short]")).ok())
        .unwrap_or_default();
    format!("{weekday} {}", date(at, now))
}

/// *13:36*.
pub fn clock(at: i64) -> String {
    utc(at)
        .and_then(|at| at.format(format_description!("[hour]:[minute]")).ok())
        .unwrap_or_default()
}

/// *13:36:05*.
pub fn clock_seconds(at: i64) -> String {
    utc(at)
        .and_then(|at| {
            at.format(format_description!("[hour]:[minute]:[second]"))
                .ok()
        })
        .unwrap_or_default()
}

/// Turns the title of every time on the page into the reader's own time. Shows nothing itself.
#[island]
pub fn LocalTimes() -> impl IntoView {
    Effect::new(|| {
        let Ok(times) = document().query_selector_all("time[datetime]") else {
            return;
        };
        for place in 0..times.length() {
            let element = times
                .item(place)
                .map(leptos::wasm_bindgen::JsCast::unchecked_into::<web_sys::Element>);
            let exact = element
                .as_ref()
                .and_then(|element| element.get_attribute("datetime"));
            if let (Some(element), Some(exact)) = (element, exact) {
                let local = Date::new(&JsValue::from_str(&exact))
                    .to_locale_string("default", &JsValue::UNDEFINED);
                // Fails only for a wrong name of an attribute.
                let _ = element.set_attribute("title", &String::from(local));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 14:02:00 UTC, a Saturday.
    const NOW: i64 = 1_795_269_720_000;

    #[test]
    fn a_moment_is_said_in_the_largest_unit_that_fits() {
        for (ago, words) in [
            (0, "now"),
            (12 * SECOND, "12 s ago"),
            (59 * MINUTE, "59 min ago"),
            (2 * HOUR, "2 h ago"),
            (30 * HOUR, "yesterday"),
            (3 * DAY, "3 days ago"),
            (18 * DAY, "3 Nov"),
            (366 * DAY, "20 Nov 2025"),
        ] {
            assert_eq!(relative(NOW - ago, NOW), words);
        }
    }

    #[test]
    fn a_moment_ahead_is_said_too() {
        assert_eq!(relative(NOW + 50 * MINUTE, NOW), "in 50 min");
        assert_eq!(relative(NOW + 25 * HOUR, NOW), "tomorrow");
        assert_eq!(relative(NOW + 5 * DAY, NOW), "in 5 days");
    }

    #[test]
    fn days_and_hours_are_those_of_utc() {
        assert_eq!(clock(NOW), "14:02");
        assert_eq!(clock_seconds(NOW + 7 * SECOND), "14:02:07");
        assert_eq!(day(NOW + 2 * DAY, NOW), "Mon 23 Nov");
    }

    #[test]
    fn a_moment_no_calendar_knows_is_said_as_nothing() {
        assert_eq!(date(i64::MAX, NOW), "");
        assert_eq!(clock(i64::MIN), "");
    }
}
