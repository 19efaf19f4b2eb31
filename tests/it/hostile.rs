//! Whatever bytes come in, the intake answers or refuses: properties over generated texts, and inputs made to break readers.
//!
//! Times are measured by `benches/intake.rs` on an optimised build; here the work is bounded by what comes out.

use proptest::prelude::*;
use stislo::intake::{Article, IntakeError, Source, read, read_whole};
use stislo::language::Language;

fn source(bytes: impl Into<Vec<u8>>) -> Source {
    Source { bytes: bytes.into(), name: "input".into(), title: None, language: Some(Language::Uk) }
}

/// Everything that must be true of an article.
fn check(article: &Article) {
    let mut last = 0;
    for (index, sentence) in article.sentences().iter().enumerate() {
        assert_eq!(sentence.id.get() as usize, index + 1);
        assert!(last <= sentence.start && sentence.start < sentence.end);
        // Slicing fails off a border of characters.
        let text = &article.text()[sentence.start..sentence.end];
        assert_eq!(text, text.trim());
        assert!(!article.text()[last..sentence.start].contains(char::is_alphanumeric));
        last = sentence.end;
    }
    assert!(!article.text()[last..].contains(char::is_alphanumeric));
}

/// An extract of an extract is itself, unless it is a text that speaks of markup: as a file that would be read as Markdown
/// or HTML.
fn check_again(article: &Article) {
    if ["# ", "**", "](", "<"].iter().any(|mark| article.text().contains(mark)) {
        return;
    }
    let again = read(source(article.text())).unwrap_or_else(|error| panic!("{error}: {:?}", article.text()));
    assert_eq!(again.text(), article.text());
}

/// Pieces of pages that meet in odd ways when they are thrown together.
const PIECES: [&str; 44] = [
    "Портовий міст у Галвмуті знову відкрили в суботу, через чотири роки після аварії. ",
    "Ремонт коштував 38,6 млн фунтів, сказав мер. ",
    "The council said on Monday that the repair had cost 38 million. ",
    "«Ми чекали», — сказав він. ",
    "Читайте також: ",
    "Реклама",
    "© 2024 ",
    "т. д. ",
    "10:17 ",
    "#1 ",
    "# Title\n",
    "**x** ",
    "](http://a) ",
    " | ",
    "| a | 1 |",
    "• ",
    "\n",
    "\n\n",
    "\r\n",
    "\u{feff}",
    "\u{ad}",
    "e\u{301}",
    "\u{202e}",
    "😀",
    "<p>",
    "</p>",
    "<div class='share'>",
    "</div>",
    "<br>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table><tr><td>",
    "</td><td>",
    "</table>",
    "<a href='/'>",
    "</a>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "&amp;&#0;",
    "<nav>",
    "<article><h1>",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(0..PIECES.len(), 0..60)
        .prop_map(|indices| indices.into_iter().map(|at| PIECES[at]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn thrown_together_pieces_give_an_article_or_a_refusal(text in pieces(), page in any::<bool>()) {
        let text = if page { format!("<!doctype html>{text}") } else { text };
        if let Ok(article) = read(source(text.as_bytes())) {
            check(&article);
            check_again(&article);
        }
        if let Ok(whole) = read_whole(source(text)) {
            check(&whole);
        }
    }

    #[test]
    fn bytes_give_an_article_or_a_refusal(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(article) = read(source(bytes)) {
            check(&article);
        }
    }

    #[test]
    fn letters_give_an_article_or_a_refusal(text in "\\PC{80,400}") {
        if let Ok(article) = read(source(text)) {
            check(&article);
        }
    }
}

const SENTENCE: &str = "The harbour bridge reopened on Saturday, four years after a ship struck it. ";

#[test]
fn deep_nesting_keeps_the_text() {
    for tag in ["div", "b", "table><tr><td", "ul><li", "blockquote", "a href='/'", "x-y", "font color=red"] {
        let page = format!(
            "<!doctype html><body><p>{SENTENCE}</p>{}<p>{}</p>",
            format!("<{tag}>").repeat(100_000),
            SENTENCE.repeat(3)
        );
        let article = read(source(page)).unwrap_or_else(|error| panic!("{tag}: {error}"));
        assert!(article.text().contains(SENTENCE.trim()), "{tag}");
    }
}

/// Elements that hide, raise or quote, in every state of disorder: all text comes through once or is left out as hidden.
#[test]
fn broken_marks_keep_the_text() {
    for tag in [
        "span hidden",
        "p hidden",
        "s",
        "del",
        "q",
        "sup",
        "sub",
        "dl><dt",
        "dd",
        "a href='#fn1'",
        "noscript",
        "i style='color:#fff'",
    ] {
        let open = format!("<{tag}>x</b></div>").repeat(20_000);
        let page = format!("<!doctype html><body><p>{}</p><div>{open}</div>", SENTENCE.repeat(3));
        let article = read(source(page)).unwrap_or_else(|error| panic!("{tag}: {error}"));
        assert!(article.text().starts_with(SENTENCE.trim()), "{tag}");
    }
    let css: String = (0..20_000).map(|n| format!(".a{n} .b,.c{{display:none}}@media{{")).collect();
    let page =
        format!("<!doctype html><style>{css}</style><p class='{}'>{}</p>", "c ".repeat(10_000), SENTENCE.repeat(3));
    assert!(read(source(page)).is_err());
}

#[test]
fn a_large_page_is_bounded_by_what_it_shows() {
    let unseen = format!("<!doctype html><script>{}</script><p>{}</p>", "x = 1;".repeat(1_600_000), SENTENCE.repeat(3));
    assert_eq!(read(source(unseen)).unwrap().text(), SENTENCE.repeat(3).trim());
    let shown = format!("<!doctype html>{}", format!("<p>{SENTENCE}</p>").repeat(130_000));
    assert!(matches!(read(source(shown)), Err(IntakeError::TooLarge { .. })));
    let tag = format!(
        "<!doctype html><p {}>{}</p>",
        (0..300_000).map(|n| format!("a{n} ")).collect::<String>(),
        SENTENCE.repeat(3)
    );
    assert_eq!(read(source(tag)).unwrap().text(), SENTENCE.repeat(3).trim());
}

#[test]
fn long_lines_and_marks_are_cut() {
    let words = "слово ".repeat(250_000);
    let article = read(source(words)).unwrap();
    assert!(article.sentences().iter().all(|it| it.end - it.start <= 3000));
    let marks = format!("{SENTENCE}a{} {SENTENCE}", "\u{301}".repeat(500_000));
    let article = read(source(marks)).unwrap();
    assert!(article.text().len() < 3 * SENTENCE.len(), "{}", article.text().len());
    let abbreviated = "Mr. ".repeat(200_000);
    check(&read(source(format!("{SENTENCE}{abbreviated}"))).unwrap());
}
