//! The masks of our grammar against llguidance's, token by token over whole vocabularies, along random answers.
//!
//! Compared is what both can say: the lines of an answer, citations of lines that exist and differ, the letters of each
//! language, listed numbers and Latin words with what may stand beside them, full stops, commas, hyphens and spaces as
//! they are set, labels that no line begins with, and where the answer may end. Not compared, because llguidance cannot say it or only at a great cost:
//! quotation marks and brackets that have to be paired (tokens with any other mark than `. , -` are passed over on both
//! sides), lengths, talk of whole words, words of the other language, and runs of words that an earlier line has.
//!
//! The vocabulary of the first test is made; those of real models are compared where their files are in the cache.
//! A package of its own, and only the room of the rules of the program: llguidance turns on features of serde_json that
//! the program is not built with, and no test of the program should see them.
//!
//!     cargo test --manifest-path tests/masks/Cargo.toml
//!
//! `STISLO_MASKS` is how many masks are compared for each real vocabulary and language.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../src/engine"]
mod engine {
    pub mod constraint;
}
#[path = "../../src/grammar/mod.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "a room of the program, read as it stands there")]
mod grammar;
mod oracle;
mod tree;
mod vocabulary;

use self::engine::constraint::Constraint;
use self::grammar::{
    AnswerFormat, AnswerGrammar, Citations, ForbiddenWords, Heading, LineLength, NameSpellings, Openings, Script, TextRules,
};
use self::tree::Tree;
use self::vocabulary::Vocabulary;
use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::InferenceCapabilities;
use llguidance::{Matcher, ParserFactory};
use stislo_language as language;
use stislo_language::Language;

/// Masks of the made vocabulary for each language.
const MASKS: usize = 3500;
/// Masks of a real vocabulary for each language, when nobody says otherwise.
const REAL_MASKS: usize = 15;
/// Longest answer, in tokens.
const LONGEST: usize = 120;

fn ours(language: Language) -> AnswerGrammar {
    let line = LineLength { least: 1, wanted: 1 << 20, most: 1 << 20 };
    let words = if language == Language::En { &[][..] } else { &oracle::WORDS[..] };
    let listed = oracle::NUMBERS.iter().chain(words).map(|it| (*it).to_owned()).collect();
    AnswerGrammar::new(AnswerFormat {
        text: TextRules {
            script: Script::new(language, listed),
            forbidden: ForbiddenWords { openings: openings(language), ..ForbiddenWords::default() },
            names: NameSpellings::default(),
        },
        heading: Some(Heading { headline: line, summary: line }),
        fact: line,
        facts: 1..=2,
        citations: Citations::Any(1..=oracle::LINES),
    })
}

/// How no line begins.
fn openings(language: Language) -> Openings {
    let own = |word: &str| vec![word.to_owned()];
    let oracle::Labels { beside, part, beginning } = oracle::labels(language);
    Openings {
        beside: own(beside),
        parts: own(part),
        numbered: own(part),
        phrases: vec![format!("{beginning}*")],
        ..Openings::default()
    }
}

/// True for a token with a mark that is not compared, whole or begun.
fn is_passed_over(token: &[u8]) -> bool {
    const MARKS: &str = ";:!?–—()«»„“”\"'’ʼ‘%№$€£₴₽°&…";
    let begins = |tail: &[u8]| {
        !tail.is_empty() && MARKS.chars().any(|c| c.encode_utf8(&mut [0; 4]).as_bytes().starts_with(tail))
    };
    let text = String::from_utf8_lossy(token);
    text.contains(|c| MARKS.contains(c)) || (token.len().saturating_sub(2)..token.len()).any(|at| begins(&token[at..]))
}

/// A small generator (Marsaglia's xorshift), so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % count.max(1) as u64) as usize
    }

    /// A token to go on with: often one with a line end or a digit, which are few among many.
    fn choose<'t>(&mut self, allowed: &[u32], vocabulary: &'t Vocabulary) -> (u32, &'t [u8]) {
        let wanted: fn(&u8) -> bool = match self.below(8) {
            0 => |byte| *byte == b'\n',
            1 => |byte| byte.is_ascii_digit(),
            2 => |byte| *byte == b'.',
            3 => |byte| *byte == b' ',
            _ => |_| true,
        };
        let some: Vec<u32> =
            allowed.iter().copied().filter(|&id| vocabulary.tokens[id as usize].iter().any(wanted)).collect();
        let from = if some.is_empty() { allowed } else { &some };
        let token = from[self.below(from.len())];
        (token, &vocabulary.tokens[token as usize])
    }
}

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    masks: usize,
    allowed: usize,
    answers: usize,
    complete: usize,
}

/// Compares masks along random answers, until there are so many.
fn compare(vocabulary: &Vocabulary, language: Language, masks: usize) -> Tally {
    let environment = vocabulary.environment();
    let mut factory = ParserFactory::new(&environment, InferenceCapabilities::default(), &[]).unwrap();
    // What no line may be is said by expressions that are large for it.
    (factory.limits_mut().initial_lexer_fuel, factory.limits_mut().step_lexer_fuel) = (100_000_000, 100_000_000);
    let compared: Vec<bool> =
        vocabulary.tokens.iter().map(|token| !token.is_empty() && !is_passed_over(token)).collect();
    let tree = Tree::new(&vocabulary.tokens, &compared);
    let (mut dice, mut tally) = (Dice(0x5eed_0001), Tally::default());
    let lark = oracle::lark(language);
    while tally.masks < masks {
        let parser = factory.create_parser(TopLevelGrammar::from_lark(lark.clone()));
        let (mut theirs, mut ours, mut text) = (Matcher::new(parser), ours(language), Vec::new());
        tally.answers += 1;
        for _ in 0..LONGEST {
            if ours.is_complete() {
                assert!(theirs.is_stopped() || theirs.is_accepting().unwrap(), "{}", String::from_utf8_lossy(&text));
                tally.complete += 1;
                break;
            }
            let mask = theirs.compute_mask().unwrap();
            let allowed = tree.allowed(&ours);
            tally.masks += 1;
            tally.allowed += allowed.len();
            let mut own = vec![false; vocabulary.tokens.len()];
            allowed.iter().for_each(|&token| own[token as usize] = true);
            let differ = |&id: &usize| compared[id] && own[id] != mask.is_allowed(id as u32);
            let differing: Vec<usize> = (0..own.len()).filter(differ).collect();
            let said =
                |id: &usize| format!("{:?} (ours: {})", String::from_utf8_lossy(&vocabulary.tokens[*id]), own[*id]);
            let all: Vec<String> = differing.iter().take(8).map(said).collect();
            let so_far = String::from_utf8_lossy(&text);
            assert!(differing.is_empty(), "{language:?}: {} differ after {so_far:?}: {all:?}", differing.len());
            assert_eq!(ours.may_end(), mask.is_allowed(vocabulary.end), "{language:?}: an end after {so_far:?}");
            let (token, bytes) = dice.choose(&allowed, vocabulary);
            ours.advance(bytes);
            theirs.consume_token(token).unwrap();
            text.extend_from_slice(bytes);
        }
    }
    tally
}

#[test]
fn masks_are_those_of_llguidance_on_a_made_vocabulary() {
    let vocabulary = Vocabulary::made();
    let mut all = 0;
    for language in Language::ALL {
        let tally = compare(&vocabulary, language, MASKS);
        eprintln!("{language:?}, {} tokens: {tally:?}", vocabulary.tokens.len());
        assert!(tally.complete * 10 > tally.answers, "answers seldom come to their end: {tally:?}");
        assert!(tally.allowed > 20 * tally.masks, "little is allowed at all: {tally:?}");
        all += tally.masks;
    }
    assert!(all >= 10_000);
}

#[test]
fn masks_are_those_of_llguidance_on_real_vocabularies() {
    let masks = std::env::var("STISLO_MASKS").map_or(REAL_MASKS, |count| count.parse().unwrap());
    let files = vocabulary::files();
    if files.is_empty() {
        eprintln!("SKIPPED: no model's vocabulary is here");
    }
    for path in files {
        let vocabulary = Vocabulary::of_gguf(&path);
        for language in Language::ALL {
            let tally = compare(&vocabulary, language, masks);
            eprintln!("{}, {language:?}, {} tokens: {tally:?}", path.display(), vocabulary.tokens.len());
        }
    }
}
