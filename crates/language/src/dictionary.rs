//! Dictionaries: whether a word is one of its language.
//!
//! The files are those of Hunspell (`.aff` with the rules of forms, `.dic` with the stems), which every system has packages of;
//! `spellbook` reads them. They are data from elsewhere: their size is bounded, they are decoded by the charset that they name,
//! and what cannot be read is an error with the file's name. A language may have several, as English has of its two spellings.
//! A dictionary is read when its language is first asked about: the three take half a second together, and most runs need one.
//!
//! What one dictionary spells in one way, texts spell in several: apostrophes, stress marks, ё, the hyphen of compounds and the
//! possessive are levelled here, for all languages alike. Not here: what is done with a word that no dictionary has.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ahash::{AHashMap, AHashSet};
use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;

use super::Language;

/// Bytes of the largest file that is read: eight times the largest that is known, the stems of Ukrainian.
const LARGEST: u64 = 64 << 20;
/// Letters of the longest word that is looked up: longer than any that the three languages write as one.
const LONGEST: usize = 64;
/// Letters that the second half of a compound has at least.
const SECOND_HALF: usize = 4;
/// Letters of a prefix, and those of the word behind it: with fewer, slips of the pen are words by chance.
const SHORTEST_PREFIX: usize = 2;
const LONGEST_PREFIX: usize = 6;
const DERIVED: usize = 6;
/// Words that a dictionary makes with a prefix at least, and one in how many of those that begin so. With one in 8, ro-, in- and
/// re- were prefixes by chance, and more slips passed; what was found of the news' false alarms was the same.
const LEAST_DERIVED: u32 = 10;
const SHARE_DERIVED: u32 = 4;
/// Vowels that join the halves of a compound: водопостачання, англомовний, землетрус.
const LINKS: [char; 2] = ['о', 'е'];
/// Endings of the adjectives that are first halves of compounds without them: військово-, северо-, синьо-.
const ADJECTIVES: [&str; 4] = ["ий", "ій", "ый", "ой"];

/// The two files of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictionaryFiles {
    /// The rules of forms.
    pub affixes: PathBuf,
    /// The stems.
    pub stems: PathBuf,
}

/// Why a dictionary is not read.
#[derive(Debug, thiserror::Error)]
#[error("the dictionary file {} {reason}; put a sound one in its place, or take it away to do without", path.display())]
pub struct DictionaryError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// One dictionary, read.
pub struct Dictionary {
    words: spellbook::Dictionary,
    /// What its words are made with: недо-, авто-, over-.
    prefixes: AHashSet<String>,
}

impl Dictionary {
    /// Reads the two files of a dictionary.
    ///
    /// # Errors
    /// When a file cannot be read, is too large, or is no Hunspell dictionary.
    pub fn open(files: &DictionaryFiles) -> Result<Self, DictionaryError> {
        let wrong = |path: &Path, reason: String| DictionaryError { path: path.to_owned(), reason };
        let read = |path: &Path| bytes(path).map_err(|reason| wrong(path, reason));
        let (affixes, stems) = (read(&files.affixes)?, read(&files.stems)?);
        let charset = charset(&affixes).map_err(|reason| wrong(&files.affixes, reason))?;
        let text = |bytes: &[u8], path: &Path| match charset.decode(bytes) {
            (text, _, false) => Ok(text.into_owned()),
            _ => Err(wrong(path, format!("is not in the charset that it names, {}", charset.name()))),
        };
        let (affixes, stems) = (text(&affixes, &files.affixes)?, text(&stems, &files.stems)?);
        let of_both = |error| format!("or {} is no dictionary: {error}", files.stems.display());
        let words = spellbook::Dictionary::new(&affixes, &stems);
        let words = words.map_err(|error| wrong(&files.affixes, of_both(error)))?;
        Ok(Self { words, prefixes: prefixes(&stems) })
    }

    /// True for a word of the language, in one of its spellings.
    pub fn knows(&self, word: &str) -> bool {
        let word = level(word);
        if word.is_empty() || word.contains(|c: char| c.is_ascii_digit()) {
            return true;
        }
        word.chars().count() <= LONGEST && (self.has_whole(&word) || self.has_parts(&word))
    }

    /// True for a word that is written without a hyphen, or has its own entry with it.
    fn has_whole(&self, word: &str) -> bool {
        let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix('\'')).unwrap_or(word);
        self.has(word)
            || (bare != word && self.has(bare))
            || self.has_with_other_e(bare)
            || self.is_derived(bare)
            || self.is_compound(bare)
    }

    fn has(&self, word: &str) -> bool {
        self.words.check(word)
    }

    /// True for a word that the dictionary writes with е where the text has ё, or the other way round: ё is stressed, so a word
    /// has one.
    fn has_with_other_e(&self, word: &str) -> bool {
        if word.contains('ё') {
            return self.has(&word.replace('ё', "е"));
        }
        let places = word.char_indices().filter(|(_, c)| *c == 'е');
        places.into_iter().any(|(at, c)| self.has(&format!("{}ё{}", &word[..at], &word[at + c.len_utf8()..])))
    }

    /// True for parts between hyphens of which the last is a word: what stands before it does not change with the sentence, and
    /// is a name or a foreign word as often as not: військово-морський, грин-карта, indie-rock.
    fn has_parts(&self, word: &str) -> bool {
        match word.rsplit_once('-') {
            Some((first, "")) => self.has_whole(first),
            Some((_, last)) => self.has_whole(last),
            None => false,
        }
    }

    /// True for two words in one, with a vowel between: англомовний.
    fn is_compound(&self, word: &str) -> bool {
        let links =
            word.char_indices().filter(|(_, c)| LINKS.contains(c)).map(|(at, c)| word.split_at(at + c.len_utf8()));
        let mut halves = links
            .filter(|(first, second)| first.chars().count() > SECOND_HALF && second.chars().count() >= SECOND_HALF);
        halves.any(|(first, second)| self.is_first_half(first) && self.has(second))
    }

    /// True for a word with a prefix that the dictionary makes many words with: недофінансування.
    fn is_derived(&self, word: &str) -> bool {
        cuts(word).any(|(prefix, rest)| self.prefixes.contains(prefix) && self.has(rest))
    }

    /// True for an adjective without its ending, and a vowel instead.
    fn is_first_half(&self, part: &str) -> bool {
        let stem = part.strip_suffix(LINKS);
        stem.is_some_and(|stem| ADJECTIVES.iter().any(|ending| self.has(&format!("{stem}{ending}"))))
    }
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dictionary(..)")
    }
}

/// Files of one language, and what was read of them.
#[derive(Debug, Default)]
struct Shelf {
    files: Vec<DictionaryFiles>,
    read: OnceLock<Result<Vec<Dictionary>, DictionaryError>>,
}

impl Shelf {
    fn read(&self) -> Result<&[Dictionary], &DictionaryError> {
        let read = || self.files.iter().map(Dictionary::open).collect();
        self.read.get_or_init(read).as_deref()
    }
}

/// The dictionaries of the three languages, as far as they are there. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Dictionaries(Arc<[Shelf; Language::ALL.len()]>);

impl Dictionaries {
    /// Dictionaries of these files, which are read when their language is asked about. Several of one language add up.
    pub fn of(files: impl IntoIterator<Item = (Language, DictionaryFiles)>) -> Self {
        let mut shelves: [Shelf; Language::ALL.len()] = Default::default();
        for (language, files) in files {
            shelves[language as usize].files.push(files);
        }
        Self(Arc::new(shelves))
    }

    /// True when there are files for this language.
    pub fn has(&self, language: Language) -> bool {
        !self.0[language as usize].files.is_empty()
    }

    /// Whether a word is one of this language; `None` where no dictionary can tell.
    pub fn knows(&self, word: &str, language: Language) -> Option<bool> {
        let dictionaries = self.0[language as usize].read().ok().filter(|them| !them.is_empty())?;
        Some(dictionaries.iter().any(|dictionary| dictionary.knows(word)))
    }

    /// Reads the dictionaries of a language now, if they have not been read yet.
    ///
    /// # Errors
    /// When one of them cannot be read. No word of that language is judged then.
    pub fn load(&self, language: Language) -> Result<(), &DictionaryError> {
        self.0[language as usize].read().map(|_| ())
    }
}

/// The bytes of a file that is not too large.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST { Err(format!("has more than {LARGEST} bytes")) } else { Ok(bytes) }
}

/// The prefixes that these stems are made with: those with which many of the words that begin so are words without them, too.
/// They are read off the dictionary itself, so that no list of them has to be kept for each language.
fn prefixes(stems: &str) -> AHashSet<String> {
    let stems: AHashSet<&str> = stems.lines().filter_map(|line| line.split(['/', '\t', ' ']).next()).collect();
    let mut counts: AHashMap<&str, (u32, u32)> = AHashMap::new();
    for stem in stems.iter().filter(|stem| stem.starts_with(char::is_lowercase)) {
        for (prefix, rest) in cuts(stem) {
            let (all, made) = counts.entry(prefix).or_default();
            *all += 1;
            *made += u32::from(stems.contains(rest));
        }
    }
    let is_productive = |&(_, (all, made)): &(&str, (u32, u32))| made >= LEAST_DERIVED && made * SHARE_DERIVED >= all;
    counts.into_iter().filter(is_productive).map(|(prefix, _)| prefix.to_owned()).collect()
}

/// A word, cut behind each beginning that may be a prefix.
fn cuts(word: &str) -> impl Iterator<Item = (&str, &str)> {
    let letters = word.chars().count();
    let last = letters.saturating_sub(DERIVED).min(LONGEST_PREFIX);
    let ends = word.char_indices().skip(SHORTEST_PREFIX).take((last + 1).saturating_sub(SHORTEST_PREFIX));
    ends.map(|(at, _)| word.split_at(at))
}

/// The charset that a file of affixes names: `SET KOI8-U`. Without one it is Latin 1, as Hunspell has it.
fn charset(affixes: &[u8]) -> Result<&'static Encoding, String> {
    let affixes = affixes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(affixes);
    let named = affixes.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"SET "));
    let Some(name) = named.map(|name| name.trim_ascii()) else { return Ok(encoding_rs::WINDOWS_1252) };
    let label = match name.strip_prefix(b"ISO8859-") {
        Some(part) => [b"ISO-8859-", part].concat(),
        None => match name.strip_prefix(b"microsoft-cp") {
            Some(part) => [b"windows-", part].concat(),
            None => name.to_owned(),
        },
    };
    match Encoding::for_label(&label) {
        Some(encoding) if encoding.is_ascii_compatible() => Ok(encoding),
        _ => Err(format!("names a charset that is not known, {}", String::from_utf8_lossy(name))),
    }
}

/// A word with the apostrophe and the hyphen that dictionaries have, and without stress marks.
fn level(word: &str) -> String {
    let levelled = word.nfc().filter_map(|c| match c {
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{2060}' => None,
        '’' | 'ʼ' | '‘' | '`' | '´' => Some('\''),
        '‐' | '‑' => Some('-'),
        c => Some(c),
    });
    levelled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFFIXES: &str = "SET UTF-8\nSFX A Y 3\nSFX A а у а\nSFX A а и а\nSFX A ий ого ий\n";
    const STEMS: &str = "9\nрека/A\nповодок\nмолоко\nморской\nморський\nберезовий/A\nп'ять\nтёплый\nозеро\n";

    /// A folder with these files for Ukrainian.
    fn folder(affixes: &[u8], stems: &[u8]) -> (tempfile::TempDir, DictionaryFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = DictionaryFiles { affixes: folder.path().join("x.aff"), stems: folder.path().join("x.dic") };
        std::fs::write(&files.affixes, affixes).unwrap();
        std::fs::write(&files.stems, stems).unwrap();
        (folder, files)
    }

    #[test]
    fn words_are_known_in_every_spelling() {
        let (_folder, files) = folder(AFFIXES.as_bytes(), STEMS.as_bytes());
        let dictionary = Dictionary::open(&files).unwrap();
        for word in [
            "река",
            "реку",
            "п'ять",
            "п’ять",
            "пʼять",
            "ре\u{301}ка",
            "теплый",
            "тёплый",
            "молоко-река",
            "озеро's",
            "морско-березовий",
            "морсько‑березового",
            "березовоозеро",
            "ф16",
            "",
        ] {
            assert!(dictionary.knows(word), "{word}");
        }
        for word in ["рекк", "ректу", "молоко-рекк", "рекк-", &"река".repeat(40)] {
            assert!(!dictionary.knows(word), "{word}");
        }
    }

    #[test]
    fn prefixes_are_read_off_the_stems() {
        let words = [
            "скрепить",
            "тащить",
            "строить",
            "говорить",
            "работать",
            "держать",
            "смотреть",
            "платить",
            "стрелять",
            "красить",
        ];
        let made: Vec<String> = words.iter().map(|word| format!("пере{word}")).collect();
        let stems = [&words.map(str::to_owned)[..], &made[..], &["вертолет".to_owned()][..]].concat().join("\n");
        let (_folder, files) = folder(b"SET UTF-8\n", format!("21\n{stems}\n").as_bytes());
        let dictionary = Dictionary::open(&files).unwrap();
        assert!(dictionary.knows("перевертолет"));
        assert!(!dictionary.knows("подвертолет") && !dictionary.knows("перевертоле"));
        assert!(dictionary.knows("Вертолет") && !dictionary.knows("вертолёёт"));
    }

    #[test]
    fn files_are_decoded_by_the_charset_that_they_name() {
        let (affixes, _, _) = encoding_rs::KOI8_U.encode("SET KOI8-U\nSFX A Y 1\nSFX A а у а\n");
        let (stems, _, _) = encoding_rs::KOI8_U.encode("1\nїжа/A\n");
        let (_folder, files) = folder(&affixes, &stems);
        let dictionary = Dictionary::open(&files).unwrap();
        assert!(dictionary.knows("їжу") && !dictionary.knows("їжо"));
        assert_eq!(charset(b"SET ISO8859-1\n").unwrap(), encoding_rs::WINDOWS_1252);
        assert_eq!(charset(b"SET microsoft-cp1251\r\n").unwrap(), encoding_rs::WINDOWS_1251);
        assert_eq!(charset(b"\xef\xbb\xbfSET UTF-8\n").unwrap(), encoding_rs::UTF_8);
    }

    #[test]
    fn what_is_no_dictionary_is_an_error_with_its_file() {
        for (affixes, stems, hint) in [
            (&b"SET klingon\n"[..], &b"1\na\n"[..], "klingon"),
            (b"SET UTF-16LE\n", b"1\na\n", "UTF-16LE"),
            (b"SET UTF-8\n", b"1\n\xff\xfe\n", "x.dic"),
            (b"SET UTF-8\nSFX A Y many\n", b"1\na\n", "x.aff"),
        ] {
            let (_folder, files) = folder(affixes, stems);
            let error = Dictionary::open(&files).unwrap_err().to_string();
            assert!(error.contains(hint) && error.contains("x."), "{error}");
        }
        let (folder, files) = folder(b"SET UTF-8\n", b"1\na\n");
        std::fs::remove_file(&files.stems).unwrap();
        assert!(Dictionary::open(&files).unwrap_err().to_string().contains("x.dic"));
        std::fs::File::create(&files.stems).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(Dictionary::open(&files).unwrap_err().to_string().contains("bytes"));
        drop(folder);
    }

    #[test]
    fn a_language_without_files_judges_no_word() {
        let (_folder, files) = folder(AFFIXES.as_bytes(), STEMS.as_bytes());
        let broken = DictionaryFiles { affixes: "/nowhere/x.aff".into(), ..files.clone() };
        let dictionaries = Dictionaries::of([(Language::Uk, files), (Language::Ru, broken)]);
        assert_eq!(dictionaries.knows("река", Language::Uk), Some(true));
        assert_eq!(dictionaries.clone().knows("рекк", Language::Uk), Some(false));
        assert_eq!((dictionaries.knows("a", Language::En), dictionaries.knows("a", Language::Ru)), (None, None));
        assert!(dictionaries.has(Language::Ru) && !dictionaries.has(Language::En));
        assert!(dictionaries.load(Language::Uk).is_ok() && dictionaries.load(Language::Ru).is_err());
    }
}
