//! An address as a picture that a telephone reads: a QR code, drawn as one path.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::pages::second_factor::Picture;

/// The quiet zone around a code (ISO/IEC 18004, section 9.1).
const QUIET: i32 = 4;

/// The picture of a text; none where it is too long for one.
pub fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let from = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > from {
                // Writing to a String cannot fail.
                let _ = write!(
                    path,
                    "M{} {}h{}v1H{}z",
                    from + QUIET,
                    y + QUIET,
                    x - from,
                    from + QUIET
                );
            }
            x += 1;
        }
    }
    Some(Picture {
        side: code.size() + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::picture;

    #[test]
    fn a_picture_begins_with_the_corner_that_a_reader_looks_for() {
        let picture = picture("otpauth://totp/Acme:ada?secret=ABC&issuer=Acme").unwrap();
        assert!(picture.path.starts_with("M4 4h7v1H4z"), "{}", picture.path);
        assert!((29..60).contains(&picture.side));
        assert!(super::picture(&"a".repeat(5_000)).is_none());
    }
}
