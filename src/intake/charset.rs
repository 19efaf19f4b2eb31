//! Bytes to letters, whatever the charset: mark of byte order, UTF-16 without one, UTF-8, what is declared, a guess.
//!
//! UTF-8 is tried before what a page declares, because text in another charset is hardly ever valid UTF-8, while pages that
//! were converted often keep an old declaration. The guess is chardetng's, which browsers use. What is not text is known by
//! its control characters.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes at the start in which a declaration is looked for, and by which UTF-16 is known.
const WINDOW: usize = 4096;

/// One control character in so many is too many for a text.
const CONTROL_SHARE: usize = 200;

/// The text, or the offset of the first character that no text has: in bytes, from 0.
pub(super) fn letters<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Cow<'a, str>, usize> {
    let text = read(bytes, declared);
    let is_control =
        |c: char| c == '\u{fffd}' || c.is_control() && !c.is_whitespace() && !matches!(c, '\u{1b}' | '\u{8}');
    let (mut controls, mut first) = (0, None);
    for (at, c) in text.char_indices() {
        if is_control(c) {
            controls += 1;
            first = first.or(Some(at));
        }
    }
    match first {
        Some(at) if controls * CONTROL_SHARE > text.len() => Err(at),
        _ => Ok(text),
    }
}

fn read<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if is_damaged_utf8(bytes) {
        return UTF_8.decode_without_bom_handling(bytes).0;
    }
    let labels = [declared.map(str::to_owned), declared_inside(bytes)];
    for label in labels.into_iter().flatten() {
        let Some(encoding) = Encoding::for_label(label.as_bytes()).filter(|it| *it != UTF_8) else { continue };
        let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
        if !had_errors {
            return text;
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny).decode_without_bom_handling(bytes).0
}

/// UTF-16 of our languages has hardly another high byte than these: Latin, Cyrillic, punctuation.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let window = &bytes[..bytes.len().min(WINDOW)];
    let pairs = window.len() / 2;
    let high = |offset: usize, wanted: &[u8]| {
        window.iter().skip(offset).step_by(2).filter(|byte| wanted.contains(byte)).count()
    };
    let is_utf16 = |offset| {
        pairs >= 8 && high(offset, &[0, 4]) * 10 >= pairs * 8 && high(offset, &[0, 4, 0x20]) * 100 >= pairs * 97
    };
    match (is_utf16(1), is_utf16(0)) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// A few bad bytes in a long text: it was cut in the middle of a letter, or somebody's comment was pasted in wrongly.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut bad, mut letters) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        bad += usize::from(!chunk.invalid().is_empty());
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
    }
    bad * 50 < letters
}

/// The charset that `<meta charset>`, `<meta content>` or `<?xml encoding?>` names.
fn declared_inside(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(WINDOW)]).to_ascii_lowercase();
    if !head.contains("<meta") && !head.contains("<?xml") {
        return None;
    }
    let after = ["charset=", "encoding="].iter().find_map(|key| head.split_once(key)).map(|(_, after)| after)?;
    let label = after.trim_start_matches([' ', '"', '\'']);
    Some(label.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')).collect())
}

#[cfg(test)]
mod tests {
    use encoding_rs::{IBM866, KOI8_U, WINDOWS_1251};

    use super::*;

    const UKRAINIAN: &str = "Портовий міст у Галвмуті знову відкрили в суботу. Ремонт коштував 38 мільйонів, \
                             це більше, ніж планували. Об'їзд тепер не потрібен.";
    const RUSSIAN: &str = "Портовый мост снова открыли в субботу. Ремонт обошёлся в 38 миллионов, это больше, \
                           чем планировали.";

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn old_charsets_are_recognised() {
        for (text, encoding) in [
            (UKRAINIAN, WINDOWS_1251),
            (UKRAINIAN, KOI8_U),
            (RUSSIAN, WINDOWS_1251),
            (RUSSIAN, KOI8_U),
            (RUSSIAN, IBM866),
        ] {
            assert_eq!(letters(&encoded(text, encoding), None).as_deref(), Ok(text), "{}", encoding.name());
        }
    }

    #[test]
    fn utf_16_needs_no_mark() {
        for text in [UKRAINIAN, "The harbour bridge reopened on Saturday."] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(little.iter().copied()).collect();
            for bytes in [little, big, marked] {
                assert_eq!(letters(&bytes, None).as_deref(), Ok(text));
            }
        }
    }

    #[test]
    fn a_declaration_counts_unless_it_is_wrong() {
        let short = encoded("Мост", KOI8_U);
        assert_eq!(letters(&short, Some("koi8-u")).as_deref(), Ok("Мост"));
        let page = encoded("<meta http-equiv='Content-Type' content='text/html; charset=koi8-u'>Мост", KOI8_U);
        assert!(letters(&page, None).unwrap().ends_with("Мост"));
        let lie = "<meta charset=windows-1251>Міст";
        assert_eq!(letters(lie.as_bytes(), Some("windows-1251")).as_deref(), Ok(lie));
    }

    #[test]
    fn one_bad_byte_does_not_change_the_charset() {
        let mut bytes = UKRAINIAN.as_bytes().to_vec();
        bytes.pop();
        bytes.push(0xd0);
        assert_eq!(
            letters(&bytes, None).as_deref(),
            Ok(format!("{}\u{fffd}", &UKRAINIAN[..UKRAINIAN.len() - 1]).as_str())
        );
    }

    #[test]
    fn what_is_no_text_has_a_place() {
        assert_eq!(letters(b"abc\0d", None), Err(3));
        let noise: Vec<u8> = (0..2000_u32).map(|n| u8::try_from(n * n % 251).unwrap()).collect();
        assert!(letters(&noise, None).is_err());
    }
}
