//! Bytes as text, in the encodings that people's tools write.

use crate::model::source::Encoding;

/// Decodes bytes by their byte order mark; without one they are UTF-8, or else Windows-1252.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<Encoding>) {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_with_bom_removal(bytes);
        let wide = (encoding != encoding_rs::UTF_8).then_some(Encoding::Utf16);
        return (text.into_owned(), wide);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        (text.to_owned(), None)
    } else {
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
        (text.into_owned(), Some(Encoding::Windows1252))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded_by_their_mark_or_by_what_they_hold() {
        let wide = |text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            let units = text.encode_utf16().flat_map(bytes);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        let little = wide("Zoë", [0xff, 0xfe], u16::to_le_bytes);
        let big = wide("Zoë", [0xfe, 0xff], u16::to_be_bytes);
        let text = |text: &str, encoding| (text.to_owned(), encoding);
        assert_eq!(decode("Zoë".as_bytes()), text("Zoë", None));
        assert_eq!(decode("\u{feff}Zoë".as_bytes()), text("Zoë", None));
        assert_eq!(decode(&little), text("Zoë", Some(Encoding::Utf16)));
        assert_eq!(decode(&big), text("Zoë", Some(Encoding::Utf16)));
        assert_eq!(decode(b"Zo\xeb"), text("Zoë", Some(Encoding::Windows1252)));
    }
}
