//! The roll: people, or requests, standing in line. Used for three things only: how many are in which state, the last
//! requests of a connection, and progress.

use super::badge::Tone;
use leptos::prelude::*;

/// How many ticks a roll of states has, whatever the number of people.
const TICKS: u64 = 100;

/// The most steps a line of progress shows one by one.
const STEPS: u64 = 40;

/// The measures of the ticks of one line.
#[derive(Debug, Clone, Copy)]
struct Line {
    width: u64,
    gap: u64,
    height: u64,
}

impl Line {
    /// How wide so many ticks are.
    fn length(self, ticks: u64) -> u64 {
        (ticks * (self.width + self.gap)).saturating_sub(self.gap)
    }

    fn view_box(self, ticks: u64) -> String {
        format!("0 0 {} {}", self.length(ticks), self.height)
    }

    /// One tick, `inset` shorter at both ends.
    fn tick(self, place: u64, class: &'static str, inset: u64) -> impl IntoView {
        let halves = if self.width.is_multiple_of(2) {
            ""
        } else {
            ".5"
        };
        view! {
            <rect
                class=(!class.is_empty()).then_some(class)
                x=(place * (self.width + self.gap)).to_string()
                y=inset.to_string()
                width=self.width.to_string()
                height=(self.height - 2 * inset).to_string()
                rx=format!("{}{halves}", self.width / 2)
            />
        }
    }
}

/// How many are in which state: a hundred ticks, shared out fairly.
#[component]
pub fn Roll(
    /// How many in each tone, in the order they stand.
    counts: Vec<(Tone, u64)>,
    /// The same in words, such as *92 active, 4 invited*.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let line = Line {
        width: 7,
        gap: 4,
        height: 24,
    };
    let shares = share(
        &counts.iter().map(|(_, count)| *count).collect::<Vec<_>>(),
        TICKS,
    );
    let standing = counts
        .iter()
        .zip(shares)
        .flat_map(|((tone, _), ticks)| (0..ticks).map(|_| tone.name()));
    let mut classes: Vec<&'static str> = standing.collect();
    if classes.is_empty() {
        classes = vec!["blank"; 100];
    }
    let ticks = (0..)
        .zip(classes)
        .map(|(place, class)| line.tick(place, class, 0))
        .collect_view();
    view! {
        <svg class="roll" viewBox=line.view_box(TICKS) preserveAspectRatio="none" role="img" aria-label=label>
            {ticks}
        </svg>
    }
    .into_any()
}

/// Shares ticks out by count: everyone who exists is seen, and the largest remainders get what is left.
fn share(counts: &[u64], ticks: u64) -> Vec<u64> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return vec![0; counts.len()];
    }
    let exact = |count: u64| u128::from(count) * u128::from(ticks);
    let total = u128::from(total);
    let mut shares: Vec<u64> = counts
        .iter()
        .map(|count| {
            u64::try_from(exact(*count) / total)
                .unwrap_or(ticks)
                .max(u64::from(*count > 0))
        })
        .collect();
    let mut by_remainder: Vec<usize> = (0..counts.len())
        .filter(|place| counts[*place] > 0)
        .collect();
    by_remainder.sort_by_key(|place| std::cmp::Reverse(exact(counts[*place]) % total));
    for place in by_remainder.into_iter().cycle().take(counts.len()) {
        if shares.iter().sum::<u64>() < ticks {
            shares[place] += 1;
        }
    }
    // Those who were lifted to one tick take it from the longest.
    while shares.iter().sum::<u64>() > ticks {
        let Some(longest) = (0..shares.len()).max_by_key(|place| shares[*place]) else {
            break;
        };
        shares[longest] -= 1;
    }
    shares
}

/// How one request of a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Accepted,
    /// Drawn taller, so that it is seen without colour too.
    Refused,
    /// A place for a request that has not come.
    None,
}

/// Where a roll of requests stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RollWidth {
    /// In a cell of a table.
    #[default]
    Cell,
    /// As wide as its panel.
    Full,
}

/// The last requests of a connection, the newest at the end.
#[component]
pub fn RequestRoll(answers: Vec<Answer>, #[prop(optional)] width: RollWidth) -> impl IntoView {
    let line = Line {
        width: 3,
        gap: 2,
        height: 20,
    };
    let refused = answers
        .iter()
        .filter(|answer| **answer == Answer::Refused)
        .count();
    let asked = answers
        .iter()
        .filter(|answer| **answer != Answer::None)
        .count();
    let label = match (asked, refused) {
        (0, _) => "no requests yet".to_owned(),
        (_, 0) => format!("last {asked} requests, none refused"),
        _ => format!("last {asked} requests, {refused} refused"),
    };
    let class = match width {
        RollWidth::Cell => "roll roll-small faded",
        RollWidth::Full => "roll faded",
    };
    let length = answers.len() as u64;
    let ticks = (0..)
        .zip(answers)
        .map(|(place, answer)| match answer {
            Answer::Accepted => line.tick(place, "good", 4),
            Answer::Refused => line.tick(place, "stop", 0),
            Answer::None => line.tick(place, "blank", 4),
        })
        .collect_view();
    view! {
        <svg class=class viewBox=line.view_box(length) preserveAspectRatio="none" role="img" aria-label=label>
            {ticks}
        </svg>
    }
    .into_any()
}

/// How far something has come.
#[component]
pub fn Progress(
    done: u64,
    of: u64,
    /// What is counted, such as *steps*.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    let line = Line {
        width: 6,
        gap: 4,
        height: 20,
    };
    let label = format!("{done} of {of} {what}");
    let steps = of.clamp(1, STEPS);
    let reached = if of <= STEPS {
        done
    } else {
        share(&[done, of.saturating_sub(done)], steps)[0]
    };
    let ticks = (0..steps)
        .map(|place| line.tick(place, if place < reached { "accent" } else { "" }, 0))
        .collect_view();
    view! {
        <svg
            class="roll natural"
            viewBox=line.view_box(steps)
            preserveAspectRatio="none"
            width=line.length(steps).to_string()
            height=line.height.to_string()
            role="img"
            aria-label=label
        >
            {ticks}
        </svg>
    }
    .into_any()
}

/// The line at the door: one steps forward.
#[component]
pub fn LineOfPeople() -> impl IntoView {
    let line = Line {
        width: 10,
        gap: 20,
        height: 36,
    };
    let people = (0..61)
        .map(|place| {
            let (class, down) = if place == 30 { ("accent", "translate(0 6)") } else { ("blank", "") };
            view! { <g transform=(!down.is_empty()).then_some(down)>{line.tick(place, class, 0)}</g> }
        })
        .collect_view();
    view! {
        <svg class="roll" viewBox="0 0 1810 44" preserveAspectRatio="xMidYMin slice" aria-hidden="true">
            {people}
        </svg>
    }
    .into_any()
}

/// The line of an empty list: one place is marked.
#[component]
pub fn EmptyLine() -> impl IntoView {
    let line = Line {
        width: 8,
        gap: 10,
        height: 28,
    };
    let places = (0..9)
        .map(|place| {
            let (class, down) = if place == 4 { ("accent", "translate(0 4)") } else { ("blank", "") };
            view! { <g transform=(!down.is_empty()).then_some(down)>{line.tick(place, class, 0)}</g> }
        })
        .collect_view();
    view! {
        <svg class="roll" viewBox="0 0 152 32" preserveAspectRatio="none" aria-hidden="true">
            {places}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_shared_out_completely_and_nobody_disappears() {
        assert_eq!(share(&[92, 4, 2, 2], 100), [92, 4, 2, 2]);
        assert_eq!(share(&[100_000, 1, 0, 1], 100), [98, 1, 0, 1]);
        assert_eq!(share(&[1, 1, 1], 100), [34, 33, 33]);
        assert_eq!(share(&[0, 0], 100), [0, 0]);
        assert_eq!(share(&[1], 100), [100]);
        assert_eq!(share(&[u64::MAX / 2, u64::MAX / 2], 100), [50, 50]);
    }

    #[test]
    fn a_line_ends_with_a_tick_and_not_with_a_gap() {
        let line = Line {
            width: 7,
            gap: 4,
            height: 24,
        };
        assert_eq!(line.length(100), 1096);
        assert_eq!(line.length(0), 0);
    }
}
