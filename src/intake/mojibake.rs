//! Text in letters of a wrong charset: it was decoded wrongly before it reached us, and is decoded back.
//!
//! "РЎСѓРґ" is "Суд" whose UTF-8 was read as windows-1251, and "яСД" is the same word of windows-1251 that was read as KOI8.
//! A text is touched only when its letters follow each other as in no word (see `letters`) and what comes out reads as
//! words: good Ukrainian and Russian have -3.3 and more, Bulgarian, Serbian and Belarusian -4, and what wrong charsets make of them
//! -4.8 and less, in lines of 20 letters of the corpora. What reads as no word and cannot be decoded back is refused.

use encoding_rs::{Encoding, IBM866, KOI8_U, WINDOWS_1251, WINDOWS_1252};

use super::charset;
use crate::language;

/// Text below this may have been decoded wrongly, and text below the second surely was.
const UNLIKELY: f32 = -4.3;
const BROKEN: f32 = -4.5;

/// What is decoded back has at least this likelihood, and is so much likelier than before.
const LIKELY: f32 = -3.6;
const GAIN: f32 = 1.0;

/// The fewest letters beyond ASCII by which a text is judged, and by which it is refused.
const FEWEST: usize = 8;
const FEWEST_BROKEN: usize = 40;

/// So many letters beyond ASCII in a row are no word in Latin letters.
const RUN: usize = 3;

/// One letter in so many may be none of a charset.
const STRAY: usize = 20;

/// At most one letter in so many is lost or a guess.
const GUESSED: usize = 4;

/// Letters by which charsets are compared, and those among which they are looked for.
const SAMPLE: usize = 8000;
const MOST: usize = 100_000;

/// How often a text may have been spoilt.
const ROUNDS: usize = 3;

/// What a text is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Fine,
    /// It was decoded back, but for so many letters that had been lost before.
    Mended {
        text: String,
        lost: usize,
    },
    /// It reads as no word. The offset of its first letter beyond ASCII is given.
    Broken(usize),
}

/// Judges a text, and mends it.
pub(super) fn judge(text: &str) -> Judged {
    if let Some((text, lost)) = from_utf8(text) {
        return Judged::Mended { text, lost };
    }
    let sample = Sample::of(text);
    match from_cyrillic(text, &sample) {
        Some(text) => Judged::Mended { text, lost: 0 },
        None if sample.is_broken() => Judged::Broken(text.find(|c: char| !c.is_ascii()).unwrap_or_default()),
        None => Judged::Fine,
    }
}

/// The characters of the upper half of a charset of one byte a letter.
struct Table {
    encoding: &'static Encoding,
    characters: Vec<char>,
    /// Sorted by character.
    bytes: Vec<(char, u8)>,
}

impl Table {
    fn of(encoding: &'static Encoding) -> Self {
        let upper: Vec<u8> = (0x80..=0xff).collect();
        let characters: Vec<char> = encoding.decode_without_bom_handling(&upper).0.chars().collect();
        let mut bytes: Vec<(char, u8)> = characters.iter().copied().zip(upper).collect();
        bytes.sort_unstable();
        Self { encoding, characters, bytes }
    }

    /// The byte that was read as this character. Control characters stand for themselves in Latin-1.
    fn byte(&self, c: char) -> Option<u8> {
        let found = self.bytes.binary_search_by_key(&c, |&(it, _)| it).ok().map(|at| self.bytes[at].1);
        found.or_else(|| u8::try_from(c).ok().filter(|byte| (0x80..0xa0).contains(byte)))
    }

    fn character(&self, byte: u8) -> char {
        self.characters.get(usize::from(byte).wrapping_sub(0x80)).copied().unwrap_or(char::from(byte))
    }
}

/// UTF-8 that was taken for another charset, and the letters that had been lost. Some text was spoilt more than once.
fn from_utf8(text: &str) -> Option<(String, usize)> {
    let mut current = outer_removed(text)?;
    let given = language::likelihood(text);
    for _ in 0..ROUNDS {
        let likely = language::likelihood(&current.0);
        if likely > given && likely >= language::LEAST {
            return Some(current);
        }
        let (inner, lost) = outer_removed(&current.0)?;
        current = (inner, current.1 + lost);
    }
    None
}

/// What is inside where every other letter, or every third, is one of the two with which all of Cyrillic begins in UTF-8.
fn outer_removed(text: &str) -> Option<(String, usize)> {
    let high = text.chars().filter(|c| !c.is_ascii()).count();
    let signs = |signs: &str| text.chars().filter(|c| signs.contains(*c)).count();
    let encoding = [(WINDOWS_1251, "РС"), (WINDOWS_1252, "ÐÑ"), (IBM866, "╨╤"), (KOI8_U, "пя")]
        .into_iter()
        .find(|(_, it)| high >= RUN && signs(it) * 10 > high * 3)?
        .0;
    Inner::of(text, Table::of(encoding))
}

/// What is read of UTF-8 that was taken for another charset.
struct Inner {
    table: Table,
    out: String,
    /// Characters that stand in a row, and the bytes that they are.
    run: String,
    bytes: Vec<u8>,
    /// Blanks that are not to be broken at are still such.
    has_blanks: bool,
    /// Letters that were read, those among them whose second byte was not there, and those that are lost.
    letters: usize,
    restored: usize,
    lost: usize,
}

impl Inner {
    /// The text inside and what is lost of it, unless most letters are guesses: initials are no first bytes.
    fn of(text: &str, table: Table) -> Option<(String, usize)> {
        let (out, run, bytes) = (String::new(), String::new(), Vec::new());
        let mut inner =
            Self { table, out, run, bytes, has_blanks: text.contains('\u{a0}'), letters: 0, restored: 0, lost: 0 };
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let byte = if c.is_ascii() { None } else { inner.table.byte(c) };
            let Some(byte) = byte else {
                inner.end_run();
                inner.out.push(c);
                continue;
            };
            inner.run.push(c);
            inner.bytes.push(byte);
            if inner.table.encoding == WINDOWS_1251 && c == 'Р' {
                inner.restore(&mut rest);
            }
        }
        inner.end_run();
        let guesses = inner.restored + inner.lost;
        (inner.letters >= RUN && guesses * GUESSED <= inner.letters).then_some((inner.out, inner.lost))
    }

    /// Behind the first byte of a letter the second is missing where its character is none of windows-1251, as that of И,
    /// or became a blank, as that of Р.
    fn restore(&mut self, rest: &mut std::str::Chars<'_>) {
        let mut ahead = rest.clone();
        let next = ahead.next();
        if next.and_then(|c| self.table.byte(c)).is_some_and(|byte| byte & 0xc0 == 0x80) {
            return;
        }
        let (byte, taken) = match next {
            Some(' ') if !self.has_blanks && ahead.next().is_some_and(|c| matches!(c, 'Р' | 'С')) => (0xa0, true),
            Some('?' | '\u{fffd}') => (0x98, true),
            _ => (0x98, false),
        };
        self.bytes.push(byte);
        self.restored += 1;
        if taken {
            self.run.extend(rest.next());
        }
    }

    /// Decodes the run, unless that makes no letters of it.
    fn end_run(&mut self) {
        let decoded = String::from_utf8_lossy(&self.bytes);
        let bad = self.bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
        let count = decoded.chars().count();
        if count > 2 * bad {
            self.out.push_str(&decoded);
            self.lost += bad;
            self.letters += count - bad;
        } else {
            self.out.push_str(&self.run);
        }
        self.run.clear();
        self.bytes.clear();
    }
}

/// Text in a charset of Cyrillic that was taken for another one, decoded back.
fn from_cyrillic(text: &str, sample: &Sample) -> Option<String> {
    let (given, high) = (language::likelihood(&sample.unlikely), sample.letters);
    if high < FEWEST || !is_runs(&sample.unlikely) {
        return None;
    }
    let sample = sample.unlikely.as_str();
    let cyrillic = charset::cyrillic().map(Table::of);
    let latin = Table::of(WINDOWS_1252);
    let mut best: Option<(f32, &Table, &Table)> = None;
    for wrong in cyrillic.iter().chain([&latin]) {
        let stray = sample.chars().filter(|&c| !c.is_ascii() && c.is_alphabetic() && wrong.byte(c).is_none()).count();
        if stray * STRAY > high {
            continue;
        }
        for right in cyrillic.iter().filter(|right| right.encoding != wrong.encoding) {
            let likely = language::likelihood(&converted(sample, wrong, right));
            if best.is_none_or(|(most, ..)| likely >= most) {
                best = Some((likely, wrong, right));
            }
        }
    }
    let (likely, wrong, right) = best?;
    (likely >= LIKELY && likely >= given + GAIN).then(|| parts_converted(text, wrong, right))
}

/// Where a page is put together of parts, those that read better as they are stay so.
fn parts_converted(text: &str, wrong: &Table, right: &Table) -> String {
    let mut out = String::with_capacity(text.len());
    for part in parts(text) {
        if part.is_ascii() {
            out.push_str(part);
            continue;
        }
        let converted = converted(part, wrong, right);
        let better = language::likelihood(&converted) > language::likelihood(part);
        out.push_str(if better { &converted } else { part });
    }
    out
}

fn converted(text: &str, wrong: &Table, right: &Table) -> String {
    let turned = |c: char| if c.is_ascii() { c } else { wrong.byte(c).map_or(c, |byte| right.character(byte)) };
    text.chars().map(turned).collect()
}

/// Lines, and what stands between tags.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['\n', '<', '>'])
}

/// The parts of a text that read as no words.
#[derive(Default)]
struct Sample {
    unlikely: String,
    /// Its letters beyond ASCII, those of them that Ukrainian or Russian have, and those of all parts.
    letters: usize,
    ours: usize,
    all: usize,
}

impl Sample {
    fn of(text: &str) -> Self {
        let mut sample = Self::default();
        for part in parts(text).filter(|part| !part.is_ascii()) {
            let part = part.char_indices().nth(SAMPLE).map_or(part, |(end, _)| &part[..end]);
            let letters = part.chars().filter(|c| !c.is_ascii() && c.is_alphabetic());
            let count = letters.clone().count();
            sample.all += count;
            if language::likelihood(part) < UNLIKELY {
                sample.letters += count;
                sample.ours += letters.flat_map(char::to_lowercase).filter(|&c| language::is_ours(c)).count();
                sample.unlikely.push_str(part);
            }
            if sample.letters >= SAMPLE || sample.all >= MOST {
                break;
            }
        }
        sample
    }

    /// True for a text in letters of Ukrainian and Russian that reads as no word of any language which has them.
    fn is_broken(&self) -> bool {
        let foreign = self.letters.saturating_sub(self.ours);
        self.letters >= FEWEST_BROKEN
            && self.letters * 2 > self.all
            && foreign * STRAY <= self.letters
            && language::likelihood(&self.unlikely) < BROKEN
    }
}

/// True where most characters beyond ASCII stand in a row.
fn is_runs(sample: &str) -> bool {
    are_long(sample.split(|c: char| c.is_ascii()).map(|run| run.chars().count()))
}

/// True where runs are too long, most of what is in them, for words in Latin letters.
pub(super) fn are_long(runs: impl Iterator<Item = usize> + Clone) -> bool {
    let long: usize = runs.clone().filter(|&length| length >= RUN).sum();
    long * 2 > runs.sum()
}

#[cfg(test)]
mod tests {
    use encoding_rs::{ISO_8859_5, KOI8_R};

    use super::*;

    const UKRAINIAN: &str = "Портовий міст у Галвмуті знову відкрили в суботу. Ремонт коштував 38 мільйонів, це більше, ніж \
                             планували. Їхати об’їздом «вже не треба» — сказав Ігор Ярема.";
    const RUSSIAN: &str =
        "Суд в Самаре обязал завод выплатить 3 миллиона, сообщили в пресс-службе. И Россия ещё не всё.";

    fn read_as(text: &str, right: &'static Encoding, wrong: &'static Encoding) -> String {
        wrong.decode_without_bom_handling(&right.encode(text).0).0.into_owned()
    }

    fn mended(text: &str) -> String {
        match judge(text) {
            Judged::Mended { text, .. } => text,
            other => panic!("{other:?}: {text}"),
        }
    }

    #[test]
    fn cyrillic_that_was_taken_for_another_charset_is_decoded_back() {
        let plain = |text: &str| text.replace(['’', '«', '»'], "'").replace('—', "-");
        for text in [plain(UKRAINIAN), plain(RUSSIAN), RUSSIAN[..40].to_owned()] {
            for (right, wrong) in [
                (WINDOWS_1251, KOI8_R),
                (WINDOWS_1251, KOI8_U),
                (WINDOWS_1251, WINDOWS_1252),
                (WINDOWS_1251, IBM866),
                (WINDOWS_1251, ISO_8859_5),
                (KOI8_U, WINDOWS_1251),
                (KOI8_U, WINDOWS_1252),
                (KOI8_U, ISO_8859_5),
                (IBM866, WINDOWS_1251),
                (ISO_8859_5, WINDOWS_1251),
                (ISO_8859_5, WINDOWS_1252),
            ] {
                let spoilt = read_as(&text, right, wrong);
                let lacks = text.contains('і') && (right == IBM866 || wrong == KOI8_R);
                // Half of its letters become signs.
                if lacks || right == IBM866 && text.len() < 50 {
                    continue;
                }
                assert_eq!(mended(&spoilt), text, "{} as {}: {spoilt}", right.name(), wrong.name());
            }
        }
        assert_eq!(mended("яСД Б яЮЛЮПЕ НАЪГЮК"), "Суд в Самаре обязал");
    }

    #[test]
    fn utf_8_that_was_taken_for_another_charset_is_decoded_back() {
        for text in [UKRAINIAN, RUSSIAN, "Привет", "Росія і Ірпінь. И Рада"] {
            let spoilt = WINDOWS_1251.decode_without_bom_handling(text.as_bytes()).0.into_owned();
            assert_eq!(mended(&spoilt), text);
            assert_eq!(mended(&spoilt.replace('\u{98}', "")), text, "the second byte of И is lost");
            assert_eq!(mended(&spoilt.replace('\u{98}', "?")), text);
            let twice = WINDOWS_1251.decode_without_bom_handling(spoilt.as_bytes()).0.into_owned();
            assert_eq!(mended(&twice), text, "spoilt twice");
        }
        assert_eq!(mended("РџСЂРёРІРµС‚"), "Привет");
        let blank = WINDOWS_1251.decode_without_bom_handling("Вся Россия".as_bytes()).0.replace('\u{a0}', " ");
        assert_eq!(mended(&blank), "Вся Россия");
        let spoilt = WINDOWS_1252.decode_without_bom_handling(RUSSIAN.as_bytes()).0.replace('\u{81}', "");
        let Judged::Mended { text, lost } = judge(&spoilt) else { panic!("{spoilt}") };
        assert_eq!((text.replace('\u{fffd}', "с").as_str(), lost), (RUSSIAN, 7));
    }

    #[test]
    fn parts_that_read_well_stay() {
        let spoilt = read_as("Суд в Самаре обязал завод выплатить компенсацию", WINDOWS_1251, KOI8_R);
        let page = format!("<p>{spoilt}</p><footer>Все права защищены</footer>");
        assert_eq!(
            mended(&page),
            "<p>Суд в Самаре обязал завод выплатить компенсацию</p><footer>Все права защищены</footer>"
        );
        let spoilt = WINDOWS_1251.decode_without_bom_handling("Суд в Самаре обязал завод".as_bytes()).0;
        assert_eq!(mended(&format!("Новини дня\n{spoilt}")), "Новини дня\nСуд в Самаре обязал завод");
    }

    #[test]
    fn good_text_is_not_touched() {
        for text in [
            UKRAINIAN,
            RUSSIAN,
            "ДТП: КПРФ, ЛДПР, ЦИК и ФСБ РФ",
            "РСР С. Р.",
            "Р. С. Рябов, С. Р. Стус",
            "Савет се у понедељак сложио да се дуж старог канала посади двеста стабала",
            "Қазақстан Республикасының Үкіметі жаңа заң қабылдады, деп хабарлады баспасөз қызметі",
            "Η γέφυρα του λιμανιού άνοιξε ξανά το Σάββατο",
            "Die Hafenbrücke wurde am Samstag für den Verkehr geöffnet, sagte der Bürgermeister Müller-Größe.",
            "Cầu cảng đã mở lại vào thứ bảy, sau bốn năm",
            "港口大桥周六重新开放",
            "┌────┐ │ ok │ └────┘",
            "",
        ] {
            assert_eq!(judge(text), Judged::Fine, "{text}");
        }
    }

    #[test]
    fn what_reads_as_no_word_is_refused() {
        let shift = |c: char| match c {
            'а'..='я' => char::from_u32('а' as u32 + (c as u32 - 'а' as u32) * 7 % 32).unwrap(),
            other => other,
        };
        let shifted: String = RUSSIAN.chars().map(shift).collect();
        assert_eq!(judge(&format!("At {shifted}")), Judged::Broken(3), "{shifted}");
    }
}
