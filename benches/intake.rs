//! How long the intake takes: a typical page (the mark is 10 ms), and inputs made to break readers (2 s and 500 MB each).
//!
//! `cargo bench --bench intake` prints a line for each. A plain harness: the figures are far from the marks, so nothing finer
//! than a median is needed.

#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::{Duration, Instant};

use stislo::intake::{Source, read};
use stislo::language::Language;

const SENTENCE: &str = "The harbour bridge reopened on Saturday, four years after a ship struck it. ";

fn main() {
    let pages = [
        ("a pasted page", include_str!("../tests/fixtures/uk/harbour-bridge/page.txt").to_owned()),
        ("a web page", include_str!("../tests/fixtures/uk/harbour-bridge/page.html").to_owned()),
        ("a web page of 120 kB", heavy()),
    ];
    for (name, page) in pages {
        let mut times: Vec<Duration> = (0..50).map(|_| time(page.as_bytes().to_vec()).0).collect();
        times.sort();
        println!("{name}: {:.2} ms (median of {})", times[times.len() / 2].as_secs_f64() * 1000.0, times.len());
    }
    let text = SENTENCE.repeat(3);
    let hostile = [
        ("10 MB of HTML paragraphs", format!("<!doctype html>{}", format!("<p>{SENTENCE}</p>").repeat(120_000))),
        ("10 MB of tags", format!("<!doctype html>{}<p>{text}", "<li></ul><b>".repeat(850_000))),
        ("10 MB of script", format!("<!doctype html><script>{}</script><p>{text}", "x = 1;".repeat(1_600_000))),
        ("100,000 nested div", format!("<!doctype html>{}<p>{text}", "<div>".repeat(100_000))),
        ("100,000 nested b", format!("<!doctype html>{}<p>{text}", "<b>".repeat(100_000))),
        ("100,000 nested tables", format!("<!doctype html>{}<p>{text}", "<table><tr><td>".repeat(100_000))),
        (
            "40,000 short paragraphs",
            format!("<!doctype html><div>{}", "<p>Some words of a short line, you know.</p>".repeat(39_000)),
        ),
        (
            "20,000 nested and filled",
            format!("<!doctype html>{}", "<div><p>Some words of a line, and more.".repeat(18_000)),
        ),
        (
            "20,000 links",
            format!("<!doctype html><p>{text}{}", "<a href=/x>A headline of five words</a><br>".repeat(19_000)),
        ),
        (
            "100,000 hidden elements",
            format!("<!doctype html><p>{text}</p>{}", "<span hidden>x</b></div>".repeat(100_000)),
        ),
        ("300,000 elements of 500 rules each", ruled()),
        ("200,000 raised numbers", format!("<!doctype html><p>{text}{}", "10<sup>6</sup> ".repeat(200_000))),
        ("100,000 quotations", format!("<!doctype html><p>{text}{}", "<q>x".repeat(100_000))),
        (
            "300,000 attributes",
            format!("<!doctype html><p {}>{text}", (0..300_000).map(|n| format!("a{n} ")).collect::<String>()),
        ),
        ("a line of 3 MB", "слово ".repeat(260_000)),
        ("3 MB of abbreviations", format!("{text}{}", "Mr. ".repeat(750_000))),
        ("3 MB of short lines", "word\n".repeat(600_000)),
        ("3 MB without a blank", "ж".repeat(1_500_000)),
        ("3 MB of letters of a wrong charset", format!("{text}{}", "яСД Б яЮЛЮПЕ ".repeat(130_000))),
        ("1 MB of combining marks", format!("{text}a{}", "\u{301}".repeat(500_000))),
        ("1 MB of mixed marks", format!("{text}a{}", "\u{301}\u{323}".repeat(250_000))),
    ];
    for (name, input) in hostile {
        let (took, outcome) = time(input.into_bytes());
        println!("{name}: {:.0} ms, {outcome}", took.as_secs_f64() * 1000.0);
    }
}

fn time(bytes: Vec<u8>) -> (Duration, String) {
    let source = Source { bytes, name: "input".into(), title: None, language: Some(Language::Uk) };
    let started = Instant::now();
    let outcome = read(source);
    let took = started.elapsed();
    (
        took,
        outcome.map_or_else(
            |error| format!("refused: {error}"),
            |article| format!("{} sentences", article.sentences().len()),
        ),
    )
}

/// Elements of many classes, to each of which as many rules apply as are looked at.
fn ruled() -> String {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
    let rules: String =
        names.iter().map(|name| format!(".{name}{{top:0}} .q .{name}{{left:1px}}").repeat(20)).collect();
    let element = format!("<b class='{}'>x</b> ", names.join(" "));
    format!("<!doctype html><style>{rules}</style><p>{}{}", SENTENCE.repeat(3), element.repeat(300_000))
}

/// The web page with the scripts, styles and menus of a real one.
fn heavy() -> String {
    let page = include_str!("../tests/fixtures/uk/harbour-bridge/page.html");
    let menu =
        "<div class=\"menu-block\"><ul><li><a href=\"/news/section\"><span>Новини розділу</span></a></li></ul></div>"
            .repeat(250);
    let script = format!("<script>{}</script>", "window.data.push({id: 1, name: 'x'});".repeat(2000));
    page.replace("<main>", &format!("{menu}<main>")).replace("</head>", &format!("{script}</head>"))
}
