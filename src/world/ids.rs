//! Ids that come from the seed, so that the same commands give the same ids.

use sha2::{Digest, Sha256};

/// A temporary account for the `count`-th thing of a scope (a channel database), as the channel
/// writes it: upper-case GUID text, 36 characters (R08).
pub(crate) fn guid(seed: u64, scope: &str, count: i64) -> String {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_le_bytes());
    hasher.update(scope.as_bytes());
    hasher.update([0]);
    hasher.update(count.to_le_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex(&bytes).to_uppercase();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Whether text has the shape of a GUID, so that an account can be told from a number.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_guid_and_every_part_counts() {
        let one = guid(1, "houston", 1);
        assert_eq!(one, guid(1, "houston", 1));
        assert!(is_guid(&one), "{one}");
        for other in [guid(2, "houston", 1), guid(1, "seattle", 1), guid(1, "houston", 2)] {
            assert_ne!(one, other);
        }
    }
}
