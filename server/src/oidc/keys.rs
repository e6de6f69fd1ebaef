//! The keys of a provider: a handful, and none that can be broken (B-113).

use serde_json::Value;

/// More keys than any provider has.
const MOST: usize = 100;
/// A smaller RSA key signs nothing (RFC 7518, section 3.3).
const LEAST_BITS: usize = 2_048;

/// What is wrong with the keys of a provider, in words that end a sentence about them; none where nothing is.
pub fn wrong(keys: &[Value]) -> Option<String> {
    if keys.len() > MOST {
        return Some(format!("{} keys", keys.len()));
    }
    keys.iter()
        .filter_map(rsa_bits)
        .find(|bits| *bits < LEAST_BITS)
        .map(|bits| format!("an RSA key of {bits} bits"))
}

/// The size of an RSA key, in whole bytes.
fn rsa_bits(key: &Value) -> Option<usize> {
    if key["kty"] != "RSA" {
        return None;
    }
    let modulus = key["n"].as_str().unwrap_or_default();
    let digits = modulus.trim_end_matches('=').trim_start_matches('A').len();
    // Six bits a digit; what is left over of a byte is padding.
    Some(digits * 6 / 8 * 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rsa(bytes: usize) -> Value {
        use base64::Engine as _;
        let n = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![0xb5; bytes]);
        json!({ "kty": "RSA", "n": n, "e": "AQAB" })
    }

    #[test]
    fn a_handful_of_strong_keys_is_good_and_one_weak_key_spoils_it() {
        let curve = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" });
        assert_eq!(wrong(&[rsa(256), rsa(512), curve.clone()]), None);
        assert_eq!(
            wrong(&[rsa(256), rsa(64)]),
            Some("an RSA key of 512 bits".to_owned())
        );
        assert_eq!(
            wrong(&[rsa(255)]),
            Some("an RSA key of 2040 bits".to_owned())
        );
        assert_eq!(wrong(&vec![curve; 101]), Some("101 keys".to_owned()));
        assert!(wrong(&[json!({ "kty": "RSA" })]).is_some());
    }
}
