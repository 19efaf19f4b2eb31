//! Tests of `gbnf`: its grammars, read by a small matcher of ours, against the state machines that they are made of.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    AnswerFormat, AnswerGrammar, Citations, ForbiddenWords, Heading, LineLength, NameSpellings, Script, SentenceFormat,
    SentenceGrammar, TextRules,
};
use crate::engine::constraint::Constraint;
use crate::language::Language;

/// A grammar as it is read.
enum Node {
    Literal(Vec<char>),
    Class(Vec<(char, char)>),
    Rule(String),
    Row(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, usize, usize),
}

struct Matcher(BTreeMap<String, Node>);

impl Matcher {
    fn new(grammar: &str) -> Self {
        let rule = |line: &str| {
            let (name, body) = line.split_once(" ::= ").expect("a rule a line");
            let mut chars: Vec<char> = body.chars().rev().collect();
            let node = either(&mut chars);
            assert!(chars.is_empty(), "{line}");
            (name.to_owned(), node)
        };
        Self(grammar.lines().map(rule).collect())
    }

    /// Where a match may end that begins at one of these places.
    fn ends(&self, node: &Node, text: &[char], from: &BTreeSet<usize>) -> BTreeSet<usize> {
        match node {
            Node::Literal(chars) => {
                from.iter().filter(|&&at| text[at..].starts_with(chars)).map(|at| at + chars.len()).collect()
            }
            Node::Class(ranges) => {
                let is_in = |c: char| ranges.iter().any(|&(start, end)| (start..=end).contains(&c));
                from.iter().filter(|&&at| text.get(at).is_some_and(|&c| is_in(c))).map(|at| at + 1).collect()
            }
            Node::Rule(name) => self.ends(self.0.get(name).unwrap_or_else(|| panic!("no rule {name}")), text, from),
            Node::Row(nodes) => nodes.iter().fold(from.clone(), |from, node| self.ends(node, text, &from)),
            Node::Either(nodes) => nodes.iter().flat_map(|node| self.ends(node, text, from)).collect(),
            Node::Repeat(node, least, most) => {
                let (mut all, mut last) = (BTreeSet::new(), from.clone());
                for count in 0..=*most {
                    if count >= *least {
                        all.extend(&last);
                    }
                    last = self.ends(node, text, &last);
                    if last.is_empty() || last.is_subset(&all) {
                        break;
                    }
                }
                all
            }
        }
    }

    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.ends(&self.0["answer"], &text, &[0].into()).contains(&text.len())
    }
}

fn either(chars: &mut Vec<char>) -> Node {
    let mut all = vec![row(chars)];
    while chars.last() == Some(&'|') {
        chars.pop();
        all.push(row(chars));
    }
    Node::Either(all)
}

fn row(chars: &mut Vec<char>) -> Node {
    let mut all = Vec::new();
    while let Some(&c) = chars.last() {
        let node = match c {
            ' ' => {
                chars.pop();
                continue;
            }
            '|' | ')' => break,
            '"' => Node::Literal(quoted(chars, '"')),
            '[' => class(&quoted(chars, ']')),
            '(' => {
                chars.pop();
                let inner = either(chars);
                assert_eq!(chars.pop(), Some(')'));
                inner
            }
            _ => Node::Rule(taken(chars, |c| c.is_ascii_alphanumeric() || c == '-')),
        };
        all.push(repeated(node, chars));
    }
    Node::Row(all)
}

fn repeated(node: Node, chars: &mut Vec<char>) -> Node {
    let (least, most) = match chars.last() {
        Some('?') => (0, 1),
        Some('*') => (0, 999),
        Some('+') => (1, 999),
        Some('{') => {
            chars.pop();
            let least = taken(chars, |c| c.is_ascii_digit()).parse().unwrap();
            assert_eq!(chars.pop(), Some(','));
            (least, taken(chars, |c| c.is_ascii_digit()).parse().unwrap())
        }
        _ => return node,
    };
    chars.pop();
    Node::Repeat(Box::new(node), least, most)
}

fn taken(chars: &mut Vec<char>, wanted: impl Fn(char) -> bool) -> String {
    let mut out = String::new();
    while let Some(c) = chars.pop_if(|c| wanted(*c)) {
        out.push(c);
    }
    assert!(!out.is_empty(), "{:?}", chars.last());
    out
}

fn quoted(chars: &mut Vec<char>, end: char) -> Vec<char> {
    chars.pop();
    let mut out = Vec::new();
    loop {
        match chars.pop().expect("it is closed") {
            c if c == end => return out,
            '\\' => out.push(if chars.last() == Some(&'n') { chars.pop().map(|_| '\n') } else { chars.pop() }.unwrap()),
            c => out.push(c),
        }
    }
}

fn class(chars: &[char]) -> Node {
    let (mut ranges, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let is_range = chars.get(at + 1) == Some(&'-') && at + 2 < chars.len();
        ranges.push((chars[at], chars[if is_range { at + 2 } else { at }]));
        at += if is_range { 3 } else { 1 };
    }
    Node::Class(ranges)
}

fn rules(language: Language, listed: &str) -> TextRules {
    TextRules {
        script: Script::new(language, listed.split('|').map(str::to_owned).collect()),
        forbidden: ForbiddenWords::default(),
        names: NameSpellings::default(),
    }
}

fn grammar(language: Language, listed: &str) -> AnswerGrammar {
    let line = |least, wanted, most| LineLength { least, wanted, most };
    AnswerGrammar::new(AnswerFormat {
        text: rules(language, listed),
        heading: Some(Heading { headline: line(10, 60, 90), summary: line(20, 120, 200) }),
        fact: line(15, 80, 160),
        facts: 2..=3,
        citations: Citations::Any(1..=12),
    })
}

const ENGLISH: &str = "The bridge is open again\n\nIt was shut for 12 days, the mayor said. \"We are glad,\" she added.\n- [1] Some \
                       1,200 people came on 5 May.\n- [2, 11] The city-wide repair cost $3.5 million (about €3 million).\n";
const UKRAINIAN: &str = "Міст знову відкрито\nЙого закривали на 12 днів, — сказав мер. «Ми раді», – додала вона!\n\
                         - [3] Прийшло 1 200 людей, зокрема п'ятеро з HUR.\n- [12] С-300 коштує 3,5 млн.\n- [7] Усе це був проєкт №5.";
const LISTED: &str = "12|1,200|1 200|5|3.5|3,5|3|300|HUR|HUB";

#[test]
fn what_the_rule_lets_pass_the_grammar_does_too() {
    for (language, text) in [(Language::En, ENGLISH), (Language::Uk, UKRAINIAN)] {
        let mut rule = grammar(language, LISTED);
        assert!(rule.allows(text.as_bytes()), "{text}");
        // From every place where a server may be asked to go on.
        for (at, c) in text.char_indices() {
            let rest = Matcher::new(&rule.grammar().unwrap());
            assert!(rest.matches(&text[at..]), "{:?}\n{}", &text[at..], rule.grammar().unwrap());
            rule.advance(c.to_string().as_bytes());
        }
        assert!(rule.may_end());
    }
}

#[test]
fn what_it_must_not_say_the_grammar_refuses() {
    let english = Matcher::new(&grammar(Language::En, LISTED).grammar().unwrap());
    let ukrainian = Matcher::new(&grammar(Language::Uk, LISTED).grammar().unwrap());
    assert!(english.matches(ENGLISH) && ukrainian.matches(UKRAINIAN));
    for (wrong, right) in [
        ("13 days", "12 days"),
        ("120 days", "12 days"),
        ("[13]", "[1]"),
        ("[0]", "[1]"),
        ("мayor", "mayor"),
        ("- [1] ", ""),
    ] {
        assert!(!english.matches(&ENGLISH.replacen(right, wrong, 1).replace("- [1] - [1] ", "- [1]")), "{wrong}");
    }
    for (wrong, right) in
        [("мэр", "мер"), ("HUX", "HUR"), ("mayor", "мер"), ("3,52", "3,5"), ("5а", "5"), ("12х", "12")]
    {
        assert!(!ukrainian.matches(&UKRAINIAN.replacen(right, wrong, 1)), "{wrong}");
    }
    assert!(!english.matches(ENGLISH.split_inclusive('\n').take(4).collect::<String>().as_str()), "too few facts");
}

#[test]
fn a_sentence_has_the_numbers_that_are_left_and_its_own_marks() {
    let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut rule = SentenceGrammar::new(SentenceFormat {
        text: rules(Language::Ru, "HUR"),
        numbers: vec![own(&["12"]), own(&["1 200", "1200"])],
        marks: ".,-«»".to_owned(),
        ends: ".",
        length: (5, 120),
    });
    let whole = "Мэр купил 12 книг, «старых» и HUR-книг 1200.";
    let before = Matcher::new(&rule.grammar().unwrap());
    assert!(before.matches(whole) && before.matches("\nМэр купил 12 книг.\n"));
    assert!(!before.matches("Мэр: купил 12 книг.") && !before.matches("Мэр купил 12 книг"));
    rule.advance("Мэр купил 12 книг,".as_bytes());
    let behind = Matcher::new(&rule.grammar().unwrap());
    assert!(behind.matches(" «старых» и 1 200."));
    assert!(!behind.matches(" и 12."), "it has been written");
}

#[test]
fn long_lists_become_trees_and_long_words_none() {
    let listed: Vec<String> = (1000..1400).map(|number| number.to_string()).chain(["x".repeat(70_000)]).collect();
    let script = Script::new(Language::Uk, listed.iter().cloned().collect());
    let text = super::text(&script, "");
    assert!(text.len() < 8000, "{}", text.len());
    let matcher = Matcher::new(&format!("answer ::= item\n{text}"));
    assert!(listed[..400].iter().all(|number| matcher.matches(number)));
    assert!(!matcher.matches("1400") && !matcher.matches("100"));
}
