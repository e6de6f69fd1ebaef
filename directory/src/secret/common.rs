//! Passphrases that everybody tries first: a well-known word with figures around it, a row of keys.

use crate::text::fold;

/// Words that head every list of leaked passwords, as letters alone.
const WORDS: &[&str] = &[
    "abc",
    "abcd",
    "access",
    "admin",
    "administrator",
    "andrew",
    "angel",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "ashley",
    "azerty",
    "baby",
    "babygirl",
    "bailey",
    "banana",
    "baseball",
    "basketball",
    "batman",
    "buster",
    "changeme",
    "charlie",
    "cheese",
    "chocolate",
    "computer",
    "cookie",
    "correcthorsebatterystaple",
    "daniel",
    "default",
    "donald",
    "dragon",
    "flower",
    "football",
    "freedom",
    "fuckyou",
    "george",
    "ginger",
    "guest",
    "hallo",
    "harley",
    "hello",
    "hunter",
    "iloveyou",
    "internet",
    "jennifer",
    "jessica",
    "jordan",
    "joshua",
    "killer",
    "letmein",
    "letmeinnow",
    "liverpool",
    "login",
    "lovely",
    "loveme",
    "maggie",
    "manchester",
    "master",
    "matrix",
    "michael",
    "michelle",
    "minecraft",
    "monkey",
    "mustang",
    "muster",
    "mypassword",
    "nicole",
    "orange",
    "passord",
    "passphrase",
    "passw",
    "passwd",
    "password",
    "passwort",
    "pokemon",
    "princess",
    "purple",
    "qazwsx",
    "qazwsxedc",
    "qwer",
    "qwerty",
    "qwertyuiop",
    "qwertz",
    "robert",
    "root",
    "samsung",
    "secret",
    "service",
    "shadow",
    "soccer",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "superstar",
    "system",
    "taylor",
    "temp",
    "test",
    "testing",
    "thomas",
    "tigger",
    "trustno",
    "trustnoone",
    "unknown",
    "user",
    "welcome",
    "whatever",
    "william",
    "winter",
    "yankees",
    "zxcvbn",
    "zxcvbnm",
    "spring",
    "autumn",
    "company",
    "default",
];

/// Rows of keys and of the alphabet, forwards; backwards is looked for too.
const ROWS: &[&str] = &[
    "1234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb",
];

/// Whether a passphrase is one of those: guessed within the first minutes.
pub(super) fn is_common(passphrase: &str) -> bool {
    let folded = fold(passphrase);
    let plain: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let word: String = plain
        .chars()
        .map(letter)
        .filter(|c| c.is_alphabetic())
        .collect();
    let bare: String = plain.chars().filter(|c| c.is_alphabetic()).collect();
    is_word(&bare) || is_word(&word) || is_few(&plain) || is_row(&plain)
}

/// One well-known word, once or more; what stood around it was figures and signs.
fn is_word(letters: &str) -> bool {
    WORDS.iter().any(|word| {
        !letters.is_empty()
            && letters.len().is_multiple_of(word.len())
            && letters == word.repeat(letters.len() / word.len())
    })
}

/// Made of one or two different characters.
fn is_few(text: &str) -> bool {
    let mut seen: Vec<char> = text.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 2
}

/// A row of keys, again and again, in either direction.
fn is_row(text: &str) -> bool {
    let backwards: String = text.chars().rev().collect();
    ROWS.iter().any(|row| {
        let endless = row.repeat(text.len() / row.len() + 2);
        endless.contains(text) || endless.contains(&backwards)
    })
}

/// The letter a sign is written for: `p@ssw0rd`.
fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn what_everybody_tries_is_known() {
        for common in [
            "Password1234",
            "P@ssw0rd!!!!",
            "passwordpassword",
            "qwertyuiop123",
            "123456789012",
            "987654321098",
            "iloveyou 2024",
            "aaaaaaaaaaaa",
            "abababababab",
            "1qaz2wsx3edc",
            "correct horse battery staple",
        ] {
            assert!(is_common(common), "{common}");
        }
    }

    #[test]
    fn what_nobody_else_would_type_is_not() {
        for own in [
            "correct horse battery",
            "a password of my own",
            "ubkjw9fmw2ql",
            "kaffee im november",
            "834715092264",
            "密码密码密码是什么呢我不知道",
        ] {
            assert!(!is_common(own), "{own}");
        }
    }
}
