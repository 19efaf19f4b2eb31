//! Four times the text costs about four times the work: documents that were quadratic or worse at some time.
//!
//! Each is measured against a quarter of itself, the best of a few runs, so that a slow or busy machine changes nothing.
//! What is quadratic would cost sixteen times as much.

use std::time::{Duration, Instant};

use super::job::Rendered;
use super::{Direction, Document, Format, Glossary, OpenOptions, Term, check, open};
use crate::intake::Cancel;
use crate::language::Language::{En, Ru, Uk};

/// More than four times, and less than half of sixteen.
const MOST: u32 = 8;
const RUNS: usize = 3;
/// What else the machine does may fall into one measurement and not into all.
const TRIES: usize = 5;

fn best(mut work: impl FnMut()) -> Duration {
    let once = |()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    std::iter::repeat_n((), RUNS).map(once).min().unwrap_or_default()
}

fn grows_with_its_length(name: &str, count: usize, mut work: impl FnMut(usize)) {
    let mut measured = Vec::new();
    for _ in 0..TRIES {
        let (one, four) = (best(|| work(count)), best(|| work(4 * count)));
        measured.push((one, four));
        if four <= one * MOST {
            return;
        }
    }
    panic!("{name}: {measured:?} for {count} and for four times as many");
}

/// Everything that is done to a document but the translation.
fn through(text: String, format: Format) {
    let document = Document { text, from: Some(En), to: Uk, format };
    let opened = open(&document, &OpenOptions::default()).unwrap();
    let direction = Direction { from: En, to: Uk };
    let rendered: Vec<Rendered> = opened
        .units
        .iter()
        .map(|unit| {
            let text = format!("{} о", unit.text());
            let faults = check::faults(unit.text(), &text, direction, &unit.fixed);
            Rendered { faults, ..Rendered::kept(&text) }
        })
        .collect();
    let written = opened.assemble(&rendered, &Cancel::default()).unwrap();
    assert!(written.len() >= document.text.len() / 2);
}

#[test]
fn documents_cost_what_they_are_long() {
    let pages: [(&str, &str); 8] = [
        ("equal fixed parts", "<code>x</code>"),
        ("other fixed parts in sentences", "See <code>y</code> here. "),
        ("tags in one place", "<b></b>"),
        ("tags around words", "<b>a</b> "),
        ("raised figures", "10<sup>6</sup> "),
        ("addresses", "https://a.ua/x "),
        ("messages", "{n, plural, other {# days}} "),
        ("opened brackets", "{n, plural, "),
    ];
    for (name, piece) in pages {
        let page = |n: usize| format!("<p>{}</p>", piece.repeat(n));
        grows_with_its_length(name, 600, |n| through(page(n), Format::Html));
    }
    let texts: [(&str, &str); 6] = [
        ("placeholders", "{a} %s :name "),
        ("opened placeholders", "{{ <a %( [[ $t( "),
        ("powers", "10^6 2⁶ "),
        ("escapes", "\\n"),
        ("lines of a message", "{n, plural,\n other {x}\n}\n"),
        ("numbers", "2,300.5 "),
    ];
    for (name, piece) in texts {
        grows_with_its_length(name, 600, |n| through(piece.repeat(n), Format::Text));
    }
    let cue = "1\n00:00:01,000 --> 00:00:02,000\n";
    for (name, piece) in
        [("lines of a cue", "one word\n"), ("opened tags of a cue", "<a "), ("opened marks of a cue", "{a ")]
    {
        grows_with_its_length(name, 600, |n| through(format!("{cue}{}\n", piece.repeat(n)), Format::Srt));
    }
}

#[test]
fn terms_cost_what_a_text_is_long() {
    let term = Term { en: "Kyiv".into(), uk: "Київ".into(), ru: "Киев".into(), avoid: vec!["Kiev".into()] };
    let glossary = Glossary { terms: vec![term] };
    grows_with_its_length("terms", 2000, |n| {
        let text = glossary.render(&"Kiev, ".repeat(n), Direction { from: Ru, to: En });
        assert_eq!(text.matches("Kyiv").count(), n);
    });
}
