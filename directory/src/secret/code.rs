//! The code of the set-up link: 128 bits that a person may have to type.

use rand::RngExt;

/// RFC 4648 base32, in small letters: no 0, 1, 8 or 9 to be mistaken for a letter.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 26;

/// A new code: 26 characters, 128 bits.
pub fn new_code() -> String {
    let mut bits: u128 = rand::rng().random();
    let mut code = [b'a'; LENGTH];
    for digit in code.iter_mut().rev() {
        *digit = BASE32[(bits & 31) as usize];
        bits >>= 5;
    }
    code.iter().map(|digit| char::from(*digit)).collect()
}

/// A code as somebody typed or copied it: without space, in small letters.
pub fn normal_code(typed: &str) -> String {
    typed.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{new_code, normal_code};

    #[test]
    fn a_code_has_26_characters_of_base32() {
        let (one, other) = (new_code(), new_code());
        assert_eq!(one.len(), 26);
        assert!(
            one.bytes()
                .all(|c| c.is_ascii_lowercase() || (b'2'..=b'7').contains(&c))
        );
        assert_ne!(one, other);
        assert_eq!(normal_code(&format!(" {}\n", one.to_uppercase())), one);
    }
}
