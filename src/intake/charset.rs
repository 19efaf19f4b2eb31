//! Bytes to letters, whatever the charset: mark of byte order, UTF-16 without one, UTF-8, what is declared, a guess.
//!
//! UTF-8 is tried before what a page declares, because text in another charset is hardly ever valid UTF-8, while pages that
//! were converted often keep an old declaration. Whether such a text was decoded wrongly before it came is judged in
//! `mojibake`. Where long runs of high bytes say that a text is Cyrillic, the charsets of Cyrillic are compared by how
//! likely their letters follow each other (see `letters`); a declaration counts for little there, and what reads as no word
//! in any of them is refused. Elsewhere the declaration counts, then a guess: chardetng's, which browsers use. What is not
//! text is known by its control characters.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, X_MAC_CYRILLIC,
};

use super::mojibake::{self, Judged};
use super::one_line;
use crate::language;

/// Bytes at the start in which a declaration is looked for, and by which UTF-16 is known.
const WINDOW: usize = 4096;

/// One control character in so many is too many for a text.
const CONTROL_SHARE: usize = 200;

/// The charsets of Ukrainian and Russian texts that are neither UTF-8 nor UTF-16.
pub(super) fn cyrillic() -> [&'static Encoding; 6] {
    // The last of equals is taken, and KOI8-U has all that is letters in KOI8-R.
    [ISO_8859_5, IBM866, X_MAC_CYRILLIC, KOI8_R, KOI8_U, WINDOWS_1251]
}

/// The fewest high bytes by which a text is known to be Cyrillic.
const FEWEST_HIGH: usize = 4;

/// By how much a declared charset may seem less likely than another one, in natural units a letter.
const DECLARED: f32 = 0.3;

/// The bytes by which charsets are compared.
const SAMPLE: usize = 32 * 1024;

/// The most notes, and the longest text in one, in characters.
const MOST_NOTES: usize = 20;
const LONGEST_NOTE: usize = 80;

/// A decoded text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// What a reader should know of bytes that are in another charset than the rest.
    pub(super) notes: Vec<String>,
}

impl<'a> From<Cow<'a, str>> for Decoded<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self { text, notes: Vec::new() }
    }
}

/// The text, or the offset of the first character that no text has: in bytes, from 0.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Decoded<'a>, usize> {
    let decoded = read(bytes, declared)?;
    // Bytes that are known to be damaged are no sign of a binary file.
    let damaged = !decoded.notes.is_empty();
    let is_control = |c: char| {
        c == '\u{fffd}' && !damaged || c.is_control() && !c.is_whitespace() && !matches!(c, '\u{1b}' | '\u{8}')
    };
    let (mut controls, mut first) = (0, None);
    for (at, c) in decoded.text.char_indices() {
        if is_control(c) {
            controls += 1;
            first = first.or(Some(at));
        }
    }
    match first {
        Some(at) if controls * CONTROL_SHARE > decoded.text.len() => Err(at),
        _ => Ok(decoded),
    }
}

fn read<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Decoded<'a>, usize> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return judged(encoding.decode_without_bom_handling(&bytes[mark..]).0);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return judged(encoding.decode_without_bom_handling(bytes).0);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return judged(Cow::Borrowed(text));
    }
    if is_mostly_utf8(bytes) {
        return Ok(mended(bytes));
    }
    let labels = [declared.map(str::to_owned), declared_inside(bytes)];
    let named = labels.into_iter().flatten().filter_map(|label| Encoding::for_label(label.as_bytes()));
    let named = named.filter(|it| *it != UTF_8).find(|it| !it.decode_without_bom_handling(bytes).1);
    let sample = sample(bytes);
    if is_runs(&sample) && named.is_none_or(|named| is_latin(named) || cyrillic().contains(&named)) {
        let (encoding, likely) = most_likely(&sample, named);
        // Greek, Hebrew and Chinese have runs too.
        let guess = guess(bytes);
        if likely >= language::LEAST || is_latin(guess) || cyrillic().contains(&guess) {
            let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default();
            let text = encoding.decode_without_bom_handling(bytes).0;
            return if likely >= language::LEAST { Ok(text.into()) } else { Err(first) };
        }
    }
    Ok(named.unwrap_or_else(|| guess(bytes)).decode_without_bom_handling(bytes).0.into())
}

/// Text whose charset is beyond doubt may have been decoded wrongly before it came here.
fn judged(text: Cow<'_, str>) -> Result<Decoded<'_>, usize> {
    let note = |lost| format!("the text had been decoded wrongly and was decoded back, but for {lost} letters");
    match mojibake::judge(&text) {
        Judged::Fine => Ok(text.into()),
        Judged::Mended { text, lost } => {
            Ok(Decoded { text: Cow::Owned(text), notes: (lost > 0).then(|| note(lost)).into_iter().collect() })
        }
        Judged::Broken(offset) => Err(offset),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Charsets whose high bytes are letters with accents, which stand alone in words.
const LATIN: [&str; 14] = [
    "windows-1250",
    "windows-1252",
    "windows-1254",
    "windows-1257",
    "windows-1258",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-15",
    "ISO-8859-16",
    "macintosh",
];

fn is_latin(encoding: &'static Encoding) -> bool {
    LATIN.contains(&encoding.name())
}

/// The words of a text that have high bytes, with blanks between them.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for word in bytes.split(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii()).filter(|word| !word.is_ascii()) {
        if out.len() + word.len() > SAMPLE {
            out.extend_from_slice(&word[..word.len().min(SAMPLE - out.len())]);
            break;
        }
        out.extend_from_slice(word);
        out.push(b' ');
    }
    out
}

/// True where most high bytes stand in a row, as they do in texts without Latin letters.
fn is_runs(sample: &[u8]) -> bool {
    let runs = sample.split(u8::is_ascii).map(<[u8]>::len);
    runs.clone().sum::<usize>() >= FEWEST_HIGH && mojibake::are_long(runs)
}

/// The charset of Cyrillic in which a text is most likely, and how likely that is. A declared one is believed when it is
/// nearly as good.
fn most_likely(sample: &[u8], named: Option<&'static Encoding>) -> (&'static Encoding, f32) {
    let likely = |encoding: &'static Encoding| {
        let (text, had_errors) = encoding.decode_without_bom_handling(sample);
        let bonus = if named == Some(encoding) { DECLARED } else { 0.0 };
        if had_errors { f32::NEG_INFINITY } else { language::likelihood(&text) + bonus }
    };
    let all = cyrillic().into_iter().map(|encoding| (encoding, likely(encoding)));
    all.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((WINDOWS_1251, f32::NEG_INFINITY))
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

/// True where far more letters are valid in UTF-8 than bytes are not: the text was cut in the middle of a letter, or a part
/// of a page came from elsewhere. Letters of our alphabets and common marks count, others come by chance.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut bad, mut good) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        bad += chunk.invalid().len();
        good += chunk
            .valid()
            .chars()
            .filter(|c| matches!(c, '\u{a0}'..='\u{52f}' | '\u{2010}'..='\u{2044}' | '€' | '₴' | '№'))
            .count();
    }
    good > bad
}

/// Bytes in a row that are no UTF-8, with the blanks between them.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    /// What of the end is in UTF-8 and belongs to the run only if it goes on.
    blanks: usize,
}

/// UTF-8 with bytes of another charset in it: words are read in theirs, and of single bytes a mark is left.
fn mended(bytes: &[u8]) -> Decoded<'_> {
    let mut out = String::with_capacity(bytes.len());
    let (mut run, mut notes) = (Run::default(), Vec::new());
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        // Two bytes of another charset may be a letter in UTF-8 by chance.
        let between = valid.len() <= 3 && !valid.contains(['<', '>', '\n']);
        if run.bytes.is_empty() || !between {
            run.write(&mut out, &mut notes);
            out.push_str(valid);
        } else {
            run.bytes.extend_from_slice(valid.as_bytes());
            run.blanks = valid.len();
        }
        if !chunk.invalid().is_empty() {
            run.bytes.extend_from_slice(chunk.invalid());
            run.blanks = 0;
        }
    }
    run.write(&mut out, &mut notes);
    Decoded { text: Cow::Owned(out), notes }
}

impl Run {
    fn write(&mut self, out: &mut String, notes: &mut Vec<String>) {
        let bytes = std::mem::take(&mut self.bytes);
        let (bad, blanks) = bytes.split_at(bytes.len() - std::mem::take(&mut self.blanks));
        let high = bad.iter().filter(|byte| !byte.is_ascii()).count();
        if high == 0 {
            return;
        }
        let (encoding, likely) = most_likely(&bad[..bad.len().min(SAMPLE)], None);
        let shown = |text: &str| text.chars().take(LONGEST_NOTE).collect::<String>();
        let note = if is_runs(bad) && likely >= language::LEAST {
            let text = encoding.decode_without_bom_handling(bad).0;
            out.push_str(&text);
            format!("bytes that are not UTF-8 ({high}) were read as {}: {}", encoding.name(), shown(&text))
        } else {
            let mut before: Vec<char> = out.chars().rev().take(20).collect();
            before.reverse();
            out.push('\u{fffd}');
            format!(
                "bytes that are not UTF-8 ({high}) were left out behind: {}",
                before.into_iter().collect::<String>()
            )
        };
        out.push_str(&String::from_utf8_lossy(blanks));
        if notes.len() < MOST_NOTES {
            notes.push(one_line(&note));
        }
    }
}

/// The charset that `<meta charset>`, `<meta content>` or `<?xml encoding?>` names.
fn declared_inside(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(WINDOW)]).to_ascii_lowercase();
    if !head.contains("<meta") && !head.contains("<?xml") {
        return None;
    }
    let after = ["charset=", "encoding="].iter().find_map(|key| head.split_once(key)).map(|(_, after)| after)?;
    Some(label_of(after.trim_start_matches([' ', '"', '\''])))
}

/// The name of a charset that a text begins with.
pub(super) fn label_of(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')).collect()
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1252;

    use super::*;

    fn letters<'a>(bytes: &'a [u8], declared: Option<&str>) -> Result<Cow<'a, str>, usize> {
        decode(bytes, declared).map(|decoded| decoded.text)
    }

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
            (UKRAINIAN, X_MAC_CYRILLIC),
            (RUSSIAN, X_MAC_CYRILLIC),
            (RUSSIAN, ISO_8859_5),
            (UKRAINIAN, ISO_8859_5),
        ] {
            for declared in
                [None, Some("iso-8859-1"), Some("ascii"), Some("utf-8"), Some("windows-1251"), Some("koi8-r")]
            {
                let bytes = encoded(text, encoding);
                let read = letters(&bytes, declared);
                assert_eq!(read.as_deref(), Ok(text), "{} declared as {declared:?}", encoding.name());
            }
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

    #[test]
    fn western_texts_keep_their_charset() {
        let german = "Die Hafenbrücke wurde am Samstag wieder für den Verkehr geöffnet, sagte der Bürgermeister.";
        for declared in [None, Some("iso-8859-1")] {
            assert_eq!(letters(&encoded(german, WINDOWS_1252), declared).as_deref(), Ok(german));
        }
        let greek = "Η γέφυρα του λιμανιού άνοιξε ξανά το Σάββατο, τέσσερα χρόνια μετά το ατύχημα.";
        let bytes = encoded(greek, encoding_rs::WINDOWS_1253);
        assert_eq!(letters(&bytes, Some("windows-1253")).as_deref(), Ok(greek));
    }

    #[test]
    fn a_part_in_another_charset_is_read_in_its_own() {
        for encoding in [WINDOWS_1251, KOI8_U] {
            let mut bytes = format!("{UKRAINIAN}\n").into_bytes();
            bytes.extend(encoded("Усі права захищено. Передрук за згодою.", encoding));
            bytes.extend(format!("\n{RUSSIAN}").into_bytes());
            let read = decode(&bytes, Some("utf-8")).unwrap();
            assert_eq!(read.text, format!("{UKRAINIAN}\nУсі права захищено. Передрук за згодою.\n{RUSSIAN}"));
            assert_eq!(read.notes.len(), 1);
            assert!(read.notes[0].contains(encoding.name()), "{:?}", read.notes);
        }
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.splice(10..10, [0x98, 0xff]);
        bytes.push(0xd0);
        let read = decode(&bytes, None).unwrap();
        assert_eq!(read.text.replace('\u{fffd}', ""), RUSSIAN);
        assert_eq!(read.notes.len(), 2);
    }

    #[test]
    fn what_was_decoded_wrongly_is_decoded_back() {
        for text in [UKRAINIAN, RUSSIAN] {
            for wrong in [WINDOWS_1251, WINDOWS_1252, IBM866, KOI8_U] {
                let spoilt = wrong.decode_without_bom_handling(text.as_bytes()).0.into_owned();
                assert_eq!(letters(spoilt.as_bytes(), None).as_deref(), Ok(text), "{}", wrong.name());
            }
            assert_eq!(letters(text.as_bytes(), None).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_reads_as_no_word_in_any_charset_is_refused() {
        // A substitution of bytes: the lengths of the words are right, and the letters are not.
        let shifted: Vec<u8> =
            encoded(RUSSIAN, WINDOWS_1251).iter().map(|&it| if it >= 0xc0 { it ^ 0x15 } else { it }).collect();
        assert!(letters(&shifted, None).is_err(), "{:?}", letters(&shifted, None));
    }
}
