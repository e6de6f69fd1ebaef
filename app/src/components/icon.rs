//! Pictures from the one sprite, the mark, and initials. All decorative: the word beside them says it.

use leptos::prelude::*;

/// What the sprite holds; only asked in development, where a wrong name must be noticed.
const SPRITE: &str = include_str!("../../../public/icons.svg");

/// The address of a picture in the sprite.
fn sprite(kind: char, name: &str) -> String {
    debug_assert!(
        SPRITE.contains(&format!("id=\"{kind}-{name}\"")),
        "public/icons.svg has no {kind}-{name}"
    );
    format!("/icons.svg#{kind}-{name}")
}

/// A line drawing (`i-*` of the sprite), for things and actions.
#[component]
pub fn Icon(
    /// Its name in the sprite without `i-`, such as `users`.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use_ href=sprite('i', name) />
        </svg>
    }
}

/// A filled shape (`g-*` of the sprite), for states.
#[component]
pub fn Glyph(
    /// Its name in the sprite without `g-`, such as `active`.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="glyph" aria-hidden="true">
            <use_ href=sprite('g', name) />
        </svg>
    }
}

/// How large a monogram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonogramSize {
    /// Beside a name in the sidebar.
    Small,
    /// In a row of a list.
    #[default]
    Row,
    /// Beside the title of a page.
    Large,
}

/// The initials of a person or a team.
#[component]
pub fn Monogram(
    /// The whole name.
    #[prop(into)]
    name: String,
    #[prop(optional)] size: MonogramSize,
) -> impl IntoView {
    let class = match size {
        MonogramSize::Small => "monogram small",
        MonogramSize::Row => "monogram",
        MonogramSize::Large => "monogram large",
    };
    view! {
        <span class=class aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The mark: people in line, one steps forward.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 20 20" aria-hidden="true">
            <circle cx="3.5" cy="3.75" r="2" />
            <rect x="1.5" y="7" width="4" height="10" rx="2" />
            <circle cx="10" cy="3.75" r="2" />
            <rect x="8" y="7" width="4" height="10" rx="2" />
            <g class="forward">
                <circle cx="16.5" cy="5.75" r="2" />
                <rect x="14.5" y="9" width="4" height="10" rx="2" />
            </g>
        </svg>
    }
}

/// The name, set as an outline so that it needs no font.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <svg class="wordmark" viewBox="0 0 64 18" aria-hidden="true">
            <path d=WORDMARK />
        </svg>
    }
}

const WORDMARK: &str = "M1.06 15V4.69H3.6V6.97H3.42Q3.7 6.13 4.2 5.58Q4.69 5.02 5.34 4.75Q5.99 4.48 6.71 4.48Q7.9 4.48 8.77 5.16Q9.63 5.84 9.82 6.97H9.51Q9.71 6.21 10.2 5.65Q10.7 5.09 11.41 4.78Q12.13 4.48 12.97 4.48Q13.96 4.48 14.74 4.9Q15.52 5.33 15.98 6.16Q16.43 6.98 16.43 8.18V15H13.8V8.61Q13.8 7.62 13.26 7.15Q12.73 6.68 11.96 6.68Q11.36 6.68 10.93 6.94Q10.5 7.2 10.26 7.66Q10.02 8.11 10.02 8.72V15H7.47V8.51Q7.47 7.67 6.97 7.18Q6.46 6.68 5.66 6.68Q5.13 6.68 4.68 6.93Q4.23 7.19 3.96 7.67Q3.69 8.16 3.69 8.87V15ZM22.06 15.21Q20.97 15.21 20.15 14.74Q19.32 14.27 18.86 13.36Q18.4 12.45 18.4 11.14V4.69H21.03V10.69Q21.03 11.78 21.56 12.35Q22.09 12.92 23.04 12.92Q23.66 12.92 24.15 12.66Q24.64 12.41 24.92 11.87Q25.2 11.32 25.2 10.48V4.69H27.83V15H25.24V12.35H25.73Q25.24 13.72 24.33 14.47Q23.43 15.21 22.06 15.21ZM33.95 15.25Q32.66 15.25 31.64 14.85Q30.63 14.44 30.02 13.67Q29.4 12.9 29.32 11.79H31.91Q31.99 12.51 32.5 12.91Q33.01 13.31 33.9 13.31Q34.76 13.31 35.25 12.98Q35.74 12.65 35.74 12.13Q35.74 11.69 35.37 11.42Q35 11.14 34.36 11.01L32.58 10.66Q31.09 10.35 30.32 9.6Q29.55 8.85 29.55 7.67Q29.55 6.71 30.07 5.99Q30.59 5.27 31.55 4.87Q32.5 4.47 33.79 4.47Q35.08 4.47 36.05 4.89Q37.02 5.31 37.57 6.08Q38.12 6.85 38.15 7.92H35.69Q35.68 7.26 35.18 6.83Q34.67 6.39 33.86 6.39Q33.08 6.39 32.63 6.73Q32.17 7.08 32.17 7.57Q32.17 8.01 32.52 8.29Q32.88 8.57 33.5 8.7L35.39 9.08Q36.94 9.4 37.67 10.09Q38.4 10.78 38.4 11.91Q38.4 12.93 37.83 13.68Q37.26 14.43 36.26 14.84Q35.25 15.25 33.95 15.25ZM45.51 4.69V6.78H38.98V4.69ZM40.77 1.88H43.4V11.95Q43.4 12.49 43.62 12.7Q43.84 12.91 44.43 12.91Q44.67 12.91 44.99 12.91Q45.32 12.91 45.51 12.91V15Q45.25 15 44.81 15Q44.38 15 43.95 15Q42.31 15 41.54 14.35Q40.77 13.7 40.77 12.35ZM51.48 15.23Q49.93 15.23 48.79 14.54Q47.65 13.85 47.02 12.63Q46.4 11.42 46.4 9.85Q46.4 8.28 47.04 7.06Q47.68 5.84 48.8 5.15Q49.92 4.45 51.38 4.45Q52.51 4.45 53.43 4.84Q54.34 5.23 55 5.95Q55.67 6.66 56.02 7.64Q56.38 8.62 56.38 9.81V10.52H47.4V8.77H55.08L53.9 9.21Q53.9 8.38 53.6 7.77Q53.3 7.16 52.75 6.83Q52.19 6.5 51.43 6.5Q50.68 6.5 50.12 6.83Q49.57 7.16 49.27 7.77Q48.97 8.38 48.97 9.21V10.36Q48.97 11.21 49.27 11.85Q49.57 12.49 50.15 12.85Q50.73 13.21 51.55 13.21Q52.15 13.21 52.61 13.03Q53.07 12.85 53.38 12.53Q53.69 12.21 53.83 11.79H56.26Q56.07 12.81 55.4 13.58Q54.73 14.36 53.72 14.8Q52.71 15.23 51.48 15.23ZM57.84 15V4.69H60.38V6.42H60.41Q60.69 5.51 61.3 5.06Q61.9 4.6 62.91 4.6Q63.16 4.6 63.37 4.61Q63.58 4.62 63.73 4.63V6.93Q63.59 6.91 63.25 6.88Q62.91 6.86 62.54 6.86Q61.96 6.86 61.49 7.13Q61.02 7.39 60.74 7.93Q60.47 8.46 60.47 9.26V15Z";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("ada byron king"), "AK");
        assert_eq!(initials("Ada"), "A");
        assert_eq!(initials("(ops)"), "O");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn every_picture_a_component_names_is_in_the_sprite() {
        assert_eq!(sprite('i', "users"), "/icons.svg#i-users");
        assert_eq!(sprite('g', "active"), "/icons.svg#g-active");
    }
}
