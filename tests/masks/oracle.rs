//! The same form, said to llguidance: regular expressions and a grammar over them, written from the rules and not from our
//! automaton.

use stislo_language::Language;

/// Numbers that may be written. None is the beginning of another, so that there is one way to read each text.
pub(crate) const NUMBERS: [&str; 6] = ["5", "12", "2024", "1,200", "3.5", "46"];
/// Latin words that may stand in Cyrillic text.
pub(crate) const WORDS: [&str; 2] = ["HUR", "ISW"];
/// Lines that can be cited.
pub(crate) const LINES: u32 = 4;
/// Most lines that a fact cites.
const MOST_CITED: usize = 3;

/// Labels of which no line consists, and what none begins with.
pub(crate) struct Labels {
    /// A word that stands beside the part.
    pub(crate) beside: &'static str,
    /// The word that names a part; with a number behind it, it is a label, too.
    pub(crate) part: &'static str,
    /// What no line begins with, in whatever word.
    pub(crate) beginning: &'static str,
}

/// The labels in these letters.
pub(crate) fn labels(language: Language) -> Labels {
    match language {
        Language::En => Labels { beside: "the", part: "ing", beginning: "æo" },
        Language::Uk => Labels { beside: "міст", part: "слова", beginning: "ій" },
        Language::Ru => Labels { beside: "мост", part: "слова", beginning: "эт" },
    }
}

/// The grammar of an answer of one or two facts, in llguidance's Lark.
pub(crate) fn lark(language: Language) -> String {
    let letters = match language {
        Language::En => "A-Za-zÀ-ÖØ-öø-ſ",
        Language::Uk => "А-ЩЬЮЯЄІЇҐа-щьюяєіїґ",
        Language::Ru => "А-Яа-яЁё",
    };
    let number = format!("(?:{})", NUMBERS.map(|number| number.replace('.', "\\.")).join("|"));
    // Two numbers with one mark between them would be read as one.
    let between = "(?:[ \\-]|[ ,.\\-][ ,.\\-]+)";
    let numbers = format!("{number}(?:{between}{number})*");
    let (body, letter) = match language {
        // Letters may stand right beside a number: 5th.
        Language::En => {
            let other = format!("[{letters} ,.\\-]");
            let apart = format!("(?:[{letters} \\-]|{other}{other}+)");
            let some = format!("{number}(?:{apart}{number})*");
            (format!("(?:[{letters}]{other}*(?:{some}{other}*)?|{some}{other}*)"), letters.to_owned())
        }
        _ => {
            let word = format!("(?:[{letters}]+|{})", WORDS.join("|"));
            let gap = "[ ,.\\-]+";
            let words = format!("(?:{numbers}{gap})?{word}(?:{gap}(?:{numbers}{gap})?{word})*(?:{gap}{numbers})?");
            (format!("(?:{words}|{numbers})(?:{gap})?"), format!("{letters}A-Z"))
        }
    };
    let any = format!("[{letter}0-9 ,.\\-]*");
    // Setting: nothing twice, no space before a mark, no letter right behind a comma or the end of a sentence.
    let long = format!("[{letter}0-9]{{4}}[ ,.\\-]*\\.");
    // Behind a letter that ASCII lacks a digit would be part of the word.
    let glued = "[À-ÖØ-öø-ſ][0-9]";
    let badly_set = format!(
        "{any}(?:  |,,|--|\\.\\.| ,| \\.|,[{letter}]|,-|,\\.|-,|-\\.|[{letter}.][,.][0-9]|{long}[{letter},\\-]|{glued}){any}"
    );
    let two_sentences = format!("{any}{long} {any}");
    // Labels: words of labels alone, and behind them what makes a label of them. Between words stands any mark.
    let Labels { beside, part, beginning } = labels(language);
    let (gap, known) = ("[ ,.\\-]+", format!("(?i:{beside}|{part}|[0-9]+)"));
    let named = format!("(?:{known}{gap})*(?i:{part})");
    let label = format!("{named}(?:{gap}{known})*");
    // A full stop behind a number may be its own.
    let worded = format!("{named}(?:(?:{gap}{known})*{gap}(?i:{beside}|{part}))?");
    let labelled = format!("(?:{worded}\\.|{label}(?: -|-[0-9 ,.\\-])|{named} [0-9]){any}");
    let talk = format!("(?i:{beginning}){any}");
    let item = format!("[0-9]+\\.(?:[{letter} ,.\\-]{any})?");
    let begins = format!("[{letter}]{any}");
    let mut rules = format!(
        "start: HEAD NL SUMMARY NL facts\nNL: /\\n\\n?/\nLF: /\\n/\n\
         HEAD: /{body}/ & /{begins}/ & /{any}[{letter}0-9.]/ & ~/{badly_set}/ & ~/{two_sentences}/ & ~/{labelled}/ & ~/{label}/ & ~/{talk}/\n\
         SUMMARY: /{body}/ & /{any}\\./ & ~/{badly_set}/ & ~/{item}/ & ~/{labelled}/ & ~/{talk}/\nFACT: /{body}/ & /{any}\\./ & ~/{badly_set}/ & ~/{item}/ & ~/{labelled}/ & ~/{talk}/\nfacts: "
    );
    let mut ways = Vec::new();
    for first in subsets() {
        let rest: Vec<u32> = (1..=LINES).filter(|line| !first.contains(line)).collect();
        let name = first.iter().map(u32::to_string).collect::<String>();
        rules =
            format!("FIRST{name}: /{}/\nSECOND{name}: /{}/\n", mark(&orders(&first)), mark(&sequences(&rest))) + &rules;
        ways.push(format!("FIRST{name} FACT (NL (SECOND{name} FACT LF?)?)?"));
    }
    rules + &ways.join("\n    | ")
}

/// The mark of a fact with one of these lists of lines.
fn mark(lists: &[Vec<u32>]) -> String {
    let list = |lines: &Vec<u32>| lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ?");
    format!("- \\[(?:{})\\] ", lists.iter().map(list).collect::<Vec<_>>().join("|"))
}

/// Sets of lines that a fact may cite.
fn subsets() -> Vec<Vec<u32>> {
    let all = (1u32..1 << LINES).map(|bits| (1..=LINES).filter(|line| bits >> (line - 1) & 1 == 1).collect::<Vec<_>>());
    all.filter(|set| set.len() <= MOST_CITED).collect()
}

/// The orders of these lines.
fn orders(lines: &[u32]) -> Vec<Vec<u32>> {
    sequences(lines).into_iter().filter(|list| list.len() == lines.len()).collect()
}

/// Lists of one to three of these lines, each at most once.
fn sequences(lines: &[u32]) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = lines.iter().map(|&line| vec![line]).collect();
    let mut last = all.clone();
    for _ in 1..MOST_CITED {
        let longer = |list: &Vec<u32>| {
            let open: Vec<u32> = lines.iter().copied().filter(|line| !list.contains(line)).collect();
            open.into_iter().map(|line| [list.as_slice(), &[line]].concat()).collect::<Vec<_>>()
        };
        last = last.iter().flat_map(longer).collect();
        all.extend(last.clone());
    }
    all
}
