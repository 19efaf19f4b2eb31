//! Tests of the automaton: answers byte by byte, and what may not come next.

use super::super::{ForbiddenWords, NameSpellings, Openings, Script};
use super::*;
use crate::engine::constraint::Constraint;
use crate::language::Language;

fn format(language: Language, listed: &[&str]) -> AnswerFormat {
    let line = LineLength { least: 10, wanted: 60, most: 120 };
    AnswerFormat {
        text: TextRules {
            script: Script::new(language, listed.iter().map(|s| s.to_string()).collect()),
            forbidden: ForbiddenWords { openings: openings(), hanging: "the слово", ..ForbiddenWords::default() },
            names: NameSpellings::new(["kisel", "zelensk"].map(str::to_owned)),
        },
        heading: Some(Heading { headline: line, summary: line }),
        fact: line,
        facts: 1..=2,
        citations: Citations::Any(1..=12),
    }
}

fn grammar(language: Language, listed: &[&str]) -> AnswerGrammar {
    AnswerGrammar::new(format(language, listed))
}

/// Labels of two languages.
fn openings() -> Openings {
    let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Openings {
        beside: list(&["the", "б"]),
        parts: list(&["headline", "слово", "в"]),
        numbered: list(&["слово"]),
        presenters: list(&["а"]),
        exclaimed: list(&["а б", "слово, слово"]),
        phrases: list(&["слово слово", "hx*"]),
        ..Openings::default()
    }
}

const ANSWER: &str = "General Kisel dismissed\nRussia removed its commander.\n- [12] He left on 1 December.\n- [3] HUR said so, he adds.\n";

#[test]
fn a_whole_answer_passes_byte_by_byte_and_in_pieces() {
    for size in [1, 2, 3, 7, 200] {
        let mut grammar = grammar(Language::En, &["1"]);
        for piece in ANSWER.as_bytes().chunks(size) {
            assert!(grammar.allows(piece), "{:?}", String::from_utf8_lossy(piece));
            grammar.advance(piece);
        }
        assert!(grammar.is_complete() && grammar.may_end());
    }
}

/// What the grammar says of `next` after the first `lines` lines of the answer.
fn after(lines: usize, next: &str) -> bool {
    let mut grammar = grammar(Language::En, &["1"]);
    let start: String = ANSWER.split_inclusive('\n').take(lines).collect();
    grammar.advance(start.as_bytes());
    grammar.allows(next.as_bytes())
}

fn misspells(grammar: &AnswerGrammar, bytes: &[u8]) -> bool {
    grammar.better_than(bytes).is_some()
}

fn corrects(grammar: &AnswerGrammar, wrong: &[u8], bytes: &[u8]) -> bool {
    grammar.better_than(wrong).is_some_and(|is_better| is_better(bytes))
}

#[test]
fn names_are_spelled_as_the_article_has_them() {
    let mut grammar = grammar(Language::En, &[]);
    grammar.advance(b"General Ki");
    assert!(misspells(&grammar, b"ssel") && !misspells(&grammar, b"s") && !misspells(&grammar, b"ssel,"));
    assert!(corrects(&grammar, b"ssel", b"sel") && !corrects(&grammar, b"ssel", b"n"));
    grammar.advance(b"sel met Zelin");
    assert!(misspells(&grammar, b"sk") && !misspells(&grammar, b" sk"));
}

#[test]
fn citations_exist_and_differ() {
    assert!(after(2, "- [1] A"));
    assert!(after(2, "- [12"));
    assert!(!after(2, "- [13"));
    assert!(!after(2, "- [0"));
    assert!(!after(3, "- [12]"));
    assert!(after(3, "- [1"));
    assert!(!after(2, "Text"));
    assert!(after(2, "\n- [2] B"));
    assert!(after(1, "\nRussia") && !after(1, "\n\n") && !after(0, "\n"), "one empty line between two");
}

#[test]
fn a_fact_may_cite_a_few() {
    assert!(after(2, "- [12, 3] A") && after(2, "- [12,3, 1] A"));
    for wrong in ["- [12, 12]", "- [12, 13", "- [12, ,", "- [,", "- [12,]", "- [12,  3]", "- [1, 2, 3,", "- [12 3]"] {
        assert!(!after(2, wrong), "{wrong}");
    }
    assert!(after(3, "- [3, 2] A") && !after(3, "- [3, 12"), "12 was cited before");
    // One is left for each fact that has to follow.
    let three = AnswerFormat { citations: Citations::Any(1..=3), facts: 2..=2, ..format(Language::En, &["1"]) };
    let mut grammar = AnswerGrammar::new(three);
    for line in ANSWER.split_inclusive('\n').take(2) {
        grammar.advance(line.as_bytes());
    }
    assert!(grammar.allows(b"- [3, 2] A") && !grammar.allows(b"- [3, 2, "));
    grammar.advance(b"- [3, 2] He left on 1 December.\n");
    assert!(grammar.allows(b"- [1] A") && !grammar.allows(b"- [1,") && !grammar.may_end());
}

#[test]
fn an_answer_without_facts_ends_after_its_summary() {
    let none = AnswerFormat { citations: Citations::Each(Vec::new()), facts: 0..=0, ..format(Language::En, &["1"]) };
    let mut grammar = AnswerGrammar::new(none);
    for line in ANSWER.split_inclusive('\n').take(2) {
        assert!(!grammar.may_end() && grammar.allows(line.as_bytes()));
        grammar.advance(line.as_bytes());
    }
    assert!(grammar.is_complete() && grammar.may_end());
}

#[test]
fn citations_can_be_given() {
    let given = AnswerFormat { citations: Citations::Each(vec![12..=12, 1..=1]), ..format(Language::En, &["1"]) };
    let mut grammar = AnswerGrammar::new(given);
    for line in ANSWER.split_inclusive('\n').take(2) {
        grammar.advance(line.as_bytes());
    }
    assert!(grammar.allows(b"- [12] A") && !grammar.allows(b"- [1] A") && !grammar.allows(b"- [2"));
    grammar.advance(b"- [12] A sentence of some length.\n");
    assert!(grammar.allows(b"- [1] B") && !grammar.allows(b"- [12"));
}

#[test]
fn what_is_forced_may_follow() {
    let mut grammar = grammar(Language::En, &["1"]);
    let mut seen = Vec::new();
    for piece in ANSWER.split_inclusive(['\n', '[', '1', '2', '3', ']']) {
        let forced = grammar.forced();
        assert!(grammar.allows(forced.as_bytes()), "{forced:?}");
        seen.push(forced);
        grammar.advance(piece.as_bytes());
    }
    let marks = seen.iter().filter(|forced| *forced == "- [").count();
    let ends = seen.iter().filter(|forced| *forced == "]").count();
    assert_eq!((marks, ends), (2, 2), "12 and 3 have no digit more: {seen:?}");
    assert_eq!(seen.iter().filter(|forced| !forced.is_empty()).count(), 4, "{seen:?}");
    let given = AnswerFormat { citations: Citations::Each(vec![12..=12, 1..=1]), ..format(Language::En, &["1"]) };
    let mut grammar = AnswerGrammar::new(given);
    let (start, _) = ANSWER.split_once("- [").unwrap();
    grammar.advance(start.as_bytes());
    for (forced, written) in [("- [12]", "- "), ("[12]", "[1"), ("2]", "2"), ("]", "]"), ("", " He")] {
        assert_eq!(grammar.forced(), forced);
        grammar.advance(written.as_bytes());
    }
}

#[test]
fn lines_start_and_end_as_they_should() {
    assert!(!after(0, "1 man"));
    assert!(!after(0, "Headline: man"));
    assert!(!after(0, "Headline - man"));
    assert!(after(1, "Article 1: it left") && !after(1, "Article: it left") && !after(1, "1: it left"));
    assert!(!after(0, "The headline\n") && !after(0, "Headline writers\nHeadline. Man"));
    assert!(after(0, "The headlines\nThe headline") && after(0, "Headlines - man") && after(0, "Headlights on"));
    assert!(!after(1, "He said” that"));
    assert!(after(1, "He said “that” and “this” at once.\n"));
    assert!(
        !after(1, "He said “”") && !after(1, "He said ()") && !after(1, "He left at once.“"),
        "marks around nothing"
    );
    assert!(after(1, "He said “we won (twice)” (“at home”)."));
    assert!(!after(1, "It cost £ and more"));
    assert!(!after(0, "Short\n"));
    assert!(!after(1, "A sentence without an end\n"));
    assert!(after(1, "A sentence with an end.\n- ["));
    assert!(!after(1, "A sentence without an end (of its own)\n") && after(1, "A sentence (with an end).\n"));
    assert!(after(1, "He said “it has an end.”\n") && after(1, "He said “it has an end”.\n"));
    assert!(!after(1, "He said “it has no end.\n") && !after(1, "He said “it has no end”\n"));
    assert!(!after(0, "The “open mark\n"));
    assert!(!after(1, "Two  spaces"));
    assert!(!after(1, "In 2"));
    assert!(!after(1, "1. The") && !after(1, "1) The") && after(1, "1 December"), "no item of a list");
}

#[test]
fn one_mark_may_close_a_quotation_inside_another_and_both() {
    for open in ["The «Star «Alpha group sued.\n", "The \"Star «Alpha» group sued.\n", "The «Star group sued.\n"] {
        assert!(!after(1, open), "{open}");
    }
    for closed in ["The «Star «Alpha» group sued.\n", "The «Star «Alpha»» group sued.\n", "The «Star» group sued.\n"]
    {
        assert!(after(1, closed), "{closed}");
    }
    assert!(!after(1, "The «Star» group» sued.\n") && !after(1, "The «A «B» and «C sued them.\n"));
}

#[test]
fn no_line_ends_with_a_word_that_another_has_to_follow() {
    assert!(!after(1, "He saw all of the.") && after(1, "He saw all of the city."));
    assert!(!after(0, "He saw all of the\n") && after(0, "He saw all of the city\n"));
    // Behind 120 characters a line ends with its word.
    let long = "He saw ".to_owned() + &"all ".repeat(28);
    assert!(after(1, &(long.clone() + "city.\n")) && !after(1, &(long.clone() + "city of")));
    assert!(!after(1, &(long.clone() + "the.")) && after(1, &(long + "the city.\n")));
}

#[test]
fn the_answer_ends_only_after_enough_facts() {
    let mut grammar = grammar(Language::En, &["1"]);
    for line in ANSWER.split_inclusive('\n').take(2) {
        grammar.advance(line.as_bytes());
        assert!(!grammar.may_end());
    }
    grammar.advance(b"- [1] He left at once.");
    assert!(grammar.may_end());
    grammar.advance(b" And ");
    assert!(!grammar.may_end());
}

#[test]
fn cyrillic_halves_are_judged_by_what_they_can_become() {
    let grammar = grammar(Language::Uk, &[]);
    assert!(grammar.allows("Сили".as_bytes()));
    assert!(!grammar.allows("Силы".as_bytes()));
    assert!(grammar.allows(&[0xD0]));
    assert!(!grammar.allows(&[0xE4]));
    assert!(!grammar.allows(b"Forces"));
}

#[test]
fn random_walks_never_reach_a_dead_end() {
    let pieces = "А|б в|1|2|12|. |.|\n|\n\n|- [|[|]|, |0|3|4|5|6|8|9| |HUR|H|UR|,|слово| слово|7|«|»|)|\"|$|€|№|%|&|!|?|…|„|“|”|‘|’| —|-|:|;|°|(";
    let pieces: Vec<&str> = pieces.split('|').collect();
    for seed in 0..600u64 {
        let mut grammar = grammar(Language::Ru, if seed % 3 == 0 { &["HUR"] } else { &["12", "7", "HUR"] });
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for _ in 0..400 {
            let allowed: Vec<_> = pieces.iter().filter(|piece| grammar.allows(piece.as_bytes())).collect();
            if allowed.is_empty() {
                assert!(grammar.may_end(), "stuck in {:?}", grammar.state);
                break;
            }
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            grammar.advance(allowed[random as usize % allowed.len()].as_bytes());
        }
    }
}
