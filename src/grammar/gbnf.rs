//! The same grammars in GBNF, the notation that llama-server, vLLM and SGLang take.
//!
//! Made of the same format as the state machines, from where an answer stands: what follows is what a server is asked for. A
//! grammar is not all of the rule: it has the lines, the citations that exist, the alphabet, and the numbers and foreign words
//! of the article; lengths are in words. Pairs of marks, labels, and what must not be said twice are left to whoever replays
//! the answer. Only positive classes of letters: engines were wrong about others (XGrammar, issues 491 and 848).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::answer::{AnswerState, LineLength, MARK, Position};
use super::citations::MOST_CITED;
use super::line::Line;
use super::script::{PUNCTUATION, Script};
use super::sentence::SentenceState;
use crate::language::Language;

/// Characters of a word and the blank behind it: few, so that a line of short words may have as many as a line may; about as many
/// as in the news of the three languages; and as many as in long words.
const WORD: usize = 5;
const USUAL_WORD: usize = 7;
const LONG_WORD: usize = 20;
/// Most words of a line: grammars with thousands of repetitions are refused.
const MOST_WORDS: usize = 150;
/// Bytes of the longest number or foreign word that is listed.
const LONGEST: usize = 64;
/// Marks by what they do.
const OPENING: &str = "«„“\"‘(";
const JOINING: &str = "-–’'ʼ&./";
const DASHES: &str = "-–—";
const BEFORE_NUMBERS: &str = "$€£₴₽№";
const BEHIND_WORDS: &str = ",;:.!?…»”“\"')%°$€£₴₽";
const ENDING: &str = ".!?…";
const CLOSING: &str = "»”“\")";

/// What may follow in an answer.
pub(super) fn of_answer(state: &AnswerState) -> String {
    let format = &*state.format;
    let mut out = String::from("answer ::= ");
    // A blank line may stand between two.
    if matches!(state.position, Position::Summary | Position::Mark(0)) && state.line.length == 0 && !state.spaced {
        out.push_str("\"\\n\"? ");
    }
    let heading = format.heading;
    let summary = heading.map_or(format.fact, |heading| heading.summary);
    // Facts that are begun; the one that stands is among them.
    let begun = state.cited.facts;
    let own = begun.saturating_sub(1);
    let behind = |facts: usize| facts_after(state, facts);
    match state.position {
        Position::Headline => {
            let words = Words::of(heading.map_or(format.fact, |heading| heading.headline));
            let _ = write!(
                out,
                "{} \"\\n\" \"\\n\"? summary \"\\n\" \"\\n\"? {}",
                rest(state, words, "title-end"),
                facts_from(state, 0)
            );
        }
        Position::Summary => {
            let _ = write!(out, "{} \"\\n\" \"\\n\"? {}", rest(state, Words::of(summary), "end"), facts_from(state, 0));
        }
        Position::Mark(0) => out.push_str(&facts_from(state, begun)),
        Position::Mark(n) => {
            let rest: String = MARK[n..].iter().collect();
            let _ = write!(out, "{} {} fact{}", literal(&rest), cited(begun), behind(begun + 1));
        }
        Position::Citation(digits) => {
            let ids: BTreeSet<String> = ids(state, own).filter_map(|id| rest_of(&id, digits)).collect();
            let _ = write!(
                out,
                "{} (\", \" cite-{own}){{0,{}}} \"] \" fact{}",
                one_of(&ids),
                MOST_CITED - 1,
                behind(begun)
            );
        }
        Position::Another => {
            let _ = write!(out, "\" \"? {} fact{}", cited(own), behind(begun));
        }
        Position::Cited => {
            let _ = write!(out, "\" \" fact{}", behind(begun));
        }
        Position::Fact => {
            let _ = write!(out, "{}{}", rest(state, Words::of(format.fact), "end"), behind(begun));
        }
        Position::Done => out.push_str("\"\""),
    }
    let _ = writeln!(out);
    let _ = writeln!(out, "summary ::= {} end", whole_line(Words::of(summary)));
    let _ = writeln!(out, "fact ::= {} end", whole_line(Words::of(format.fact)));
    for fact in own..*format.facts.end() {
        let _ = writeln!(out, "cite-{fact} ::= {}", one_of(&ids(state, fact).collect()));
    }
    out + &text(&format.text.script, PUNCTUATION)
}

/// What may follow in a translated sentence. That each number is written once is not among it.
pub(super) fn of_sentence(state: &SentenceState) -> String {
    let format = &*state.format;
    let (least, most) = format.length;
    let words = Words::of(LineLength { least, wanted: most, most });
    let marks = known(ENDING, &format.marks);
    let end = if format.ends.is_empty() || marks.is_empty() { "title-end" } else { "end" };
    let line = rest_of_line(&state.line, (&state.script, &format.marks), words, end);
    let begin = if state.line.last.is_none() { "\"\\n\"? " } else { "" };
    format!("answer ::= {begin}{line} \"\\n\"?\n{}", text(&state.script, &format.marks))
}

/// The facts from this one on, where none of them has begun.
fn facts_from(state: &AnswerState, first: usize) -> String {
    let (least, most) = (*state.format.facts.start(), *state.format.facts.end());
    let mut out = String::new();
    for fact in (first..most).rev() {
        let mark = format!("\"- [\" {} fact", cited(fact));
        let behind = if out.is_empty() { "\"\\n\"?".to_owned() } else { format!("\"\\n\" {out}") };
        // What is enough may end with its line feed or without.
        out = match fact + 1 >= least {
            true if out.is_empty() => format!("{mark} {behind}"),
            true => format!("{mark} (\"\\n\" ({out})?)?"),
            false => format!("{mark} {behind}"),
        };
    }
    if first >= least && !out.is_empty() { format!("({out})?") } else { out }
}

/// What follows behind the text of a fact, when so many have begun.
fn facts_after(state: &AnswerState, begun: usize) -> String {
    let following = facts_from(state, begun);
    match (following.is_empty(), begun >= *state.format.facts.start()) {
        (true, _) => " \"\\n\"?".to_owned(),
        (false, true) => format!(" (\"\\n\" {following})?"),
        (false, false) => format!(" \"\\n\" {following}"),
    }
}

/// The citations of a fact, from the first on.
fn cited(fact: usize) -> String {
    format!("cite-{fact} (\", \" cite-{fact}){{0,{}}} \"] \"", MOST_CITED - 1)
}

fn ids(state: &AnswerState, fact: usize) -> impl Iterator<Item = String> {
    state.format.citations.of_fact(fact).map(|id| id.to_string())
}

/// What is left of a number that begins with these digits; all of it where there are none.
fn rest_of(id: &str, digits: u32) -> Option<String> {
    match digits {
        0 => Some(id.to_owned()),
        digits => id.strip_prefix(&digits.to_string()).map(str::to_owned),
    }
}

/// How many words a line has at least, how many before it ends with its sentence, and at most.
#[derive(Clone, Copy)]
struct Words {
    least: usize,
    wanted: usize,
    most: usize,
}

impl Words {
    fn of(LineLength { least, wanted, most }: LineLength) -> Self {
        let most = (most / WORD).clamp(2, MOST_WORDS);
        Self { least: (least / LONG_WORD).max(1), wanted: (wanted / USUAL_WORD).clamp(1, most - 1), most }
    }

    /// Those behind the first ones, when so many characters stand: any first, then those that end no sentence.
    fn behind(self, least: usize, characters: usize) -> String {
        let wanted = self.wanted.saturating_sub(characters / USUAL_WORD).max(least);
        let most = self.most.saturating_sub(characters / WORD).max(1);
        format!("(gap item){{{least},{wanted}}} (pause item){{0,{}}}", most.saturating_sub(wanted).max(1))
    }
}

/// A line from its beginning.
fn whole_line(words: Words) -> String {
    format!("opening item {}", words.behind(words.least - 1, 0))
}

/// The rest of the line that is being written, with its end.
fn rest(state: &AnswerState, words: Words, end: &str) -> String {
    rest_of_line(&state.line, (&state.format.text.script, PUNCTUATION), words, end)
}

fn rest_of_line(line: &Line, (script, marks): (&Script, &str), words: Words, end: &str) -> String {
    let Some(last) = line.last else { return format!("{} {end}", whole_line(words)) };
    let listed = line.listed.written();
    let begun = script.listed().iter().filter(|_| !listed.is_empty());
    let rests: BTreeSet<String> = begun.filter_map(|it| it.strip_prefix(listed)).map(str::to_owned).collect();
    let more = format!("{} {end}", words.behind(0, line.length));
    let number = format!("{} (joint unit)*", one_of(&rests));
    match last {
        _ if last.is_alphanumeric() && !rests.is_empty() => format!("{number} {more}"),
        _ if last.is_alphanumeric() => format!("letter* (joint unit)* {more}"),
        ' ' if rests.is_empty() => format!("(dash \" \")? opening item {more}"),
        ' ' => format!("({number} | (dash \" \")? opening item) {more}"),
        // It may be the last mark of the line, or stand in a number.
        _ if ENDING.contains(last) || (CLOSING.contains(last) && !OPENING.contains(last)) => {
            let number = if rests.is_empty() { String::new() } else { format!(" | {number} {more}") };
            format!("(closing ({} {end})? | {more}{number})", words.behind(1, line.length))
        }
        // It may have opened or closed.
        _ if CLOSING.contains(last) => {
            format!("(closing ({} {end})? | opening item {more} | {more})", words.behind(1, line.length))
        }
        _ if known(JOINING, marks).contains(last) || OPENING.contains(last) => {
            let number = if rests.is_empty() { String::new() } else { format!("{number} | ") };
            format!("({number}opening item)? {more}")
        }
        _ if BEFORE_NUMBERS.contains(last) => format!("item? {more}"),
        _ if rests.is_empty() => more,
        _ => format!("({number})? {more}"),
    }
}

/// What lines are made of, with these marks.
fn text(script: &Script, marks: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "letter ::= {}", letters(script));
    let number = match script.listed().is_empty() {
        true => String::new(),
        false => {
            let _ = writeln!(out, "listed ::= {}", one_of(script.listed()));
            // 1990s and 19th; in other alphabets no letter stands right behind a number.
            let letters = if script.language == Language::En { " [a-z]{0,3}" } else { "" };
            let sign = any(&known(BEFORE_NUMBERS, marks)).map_or(String::new(), |signs| format!("{signs}? "));
            format!(" | {sign}listed{letters}")
        }
    };
    let joint = any(&known(JOINING, marks)).unwrap_or_else(|| "\"-\"".to_owned());
    let _ = writeln!(out, "unit ::= letter+{number}\njoint ::= {joint}\nitem ::= unit (joint unit)*");
    let opening = any(&known(OPENING, marks)).map_or("\"\"".to_owned(), |marks| format!("{marks}{{0,2}}"));
    let behind = any(&known(BEHIND_WORDS, marks)).map_or("\"\"".to_owned(), |marks| format!("{marks}{{0,3}}"));
    let dash = any(&known(DASHES, marks)).unwrap_or_else(|| "\"-\"".to_owned());
    let ending = any(&known(ENDING, marks)).unwrap_or_else(|| "\".\"".to_owned());
    let closing = any(&known(CLOSING, marks)).map_or("\"\"".to_owned(), |marks| format!("{marks}{{0,2}}"));
    let _ = writeln!(out, "closing ::= {closing}");
    let _ = writeln!(out, "opening ::= {opening}\nbehind ::= {behind}\ndash ::= {dash}");
    let _ = writeln!(out, "gap ::= behind \" \" (dash \" \")? opening");
    // What parts words inside a sentence.
    let inside: String = BEHIND_WORDS.chars().filter(|mark| !ENDING.contains(*mark)).collect();
    let inside = any(&known(&inside, marks)).map_or("\"\"".to_owned(), |marks| format!("{marks}{{0,3}}"));
    let _ = writeln!(out, "pause ::= {inside} \" \" (dash \" \")? opening");
    let _ = writeln!(out, "title-end ::= behind\nend ::= closing {ending} closing");
    out
}

/// Those of some marks that may be written.
fn known(marks: &str, may_be: &str) -> String {
    marks.chars().filter(|&mark| may_be.contains(mark)).collect()
}

/// One of some characters; `None` where there are none.
fn any(marks: &str) -> Option<String> {
    let literals: Vec<String> = marks.chars().map(|mark| literal(mark.encode_utf8(&mut [0; 4]))).collect();
    (!literals.is_empty()).then(|| format!("({})", literals.join(" | ")))
}

/// The letters of a script as a class of ranges.
fn letters(script: &Script) -> String {
    let all = ('A'..='z').chain('À'..='ſ').chain('Ѐ'..='ґ').filter(|&c| script.has_letter(c));
    let mut ranges: Vec<(char, char)> = Vec::new();
    for c in all {
        match ranges.last_mut() {
            Some((_, end)) if *end as u32 + 1 == c as u32 => *end = c,
            _ => ranges.push((c, c)),
        }
    }
    let range = |(start, end): (char, char)| if start == end { start.to_string() } else { format!("{start}-{end}") };
    format!("[{}]", ranges.into_iter().map(range).collect::<String>())
}

/// One of some texts, by their common beginnings: engines are slow with long lists.
fn one_of(texts: &BTreeSet<String>) -> String {
    let texts: Vec<&str> = texts.iter().map(String::as_str).filter(|text| text.len() <= LONGEST).collect();
    if texts.is_empty() { "\"\"".to_owned() } else { branches(&texts) }
}

/// One of some texts in their order, of which an empty one is the first if there is one.
fn branches(texts: &[&str]) -> String {
    let (is_optional, texts) = match texts {
        ["", rest @ ..] => (true, rest),
        texts => (false, texts),
    };
    let groups = texts.chunk_by(|one, other| one.chars().next() == other.chars().next()).map(|group| match group {
        [one] => literal(one),
        group => {
            let first = group[0].chars().next().map_or(0, char::len_utf8);
            let rests: Vec<&str> = group.iter().map(|text| &text[first..]).collect();
            format!("{} {}", literal(&group[0][..first]), branches(&rests))
        }
    });
    let groups: Vec<String> = groups.collect();
    match (groups.is_empty(), is_optional) {
        (true, _) => "\"\"".to_owned(),
        (false, true) => format!("({})?", groups.join(" | ")),
        (false, false) => format!("({})", groups.join(" | ")),
    }
}

fn literal(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
#[path = "gbnf_cases.rs"]
mod cases;
