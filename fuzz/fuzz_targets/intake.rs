//! Any bytes: the intake answers or refuses, its ranges fit its text, and an extract of an extract is itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stislo::intake::{Source, read, read_whole};
use stislo::language::Language;

fn source(bytes: Vec<u8>) -> Source {
    Source { bytes, name: "input".into(), title: None, language: Some(Language::Uk) }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = read_whole(source(bytes.to_vec()));
    let _ = read(Source { language: None, ..source(bytes.to_vec()) });
    let Ok(article) = read(source(bytes.to_vec())) else { return };
    for sentence in article.sentences() {
        assert!(!article.text()[sentence.start..sentence.end].is_empty());
    }
    let again = read(source(article.text().as_bytes().to_vec())).expect("an extract is an article");
    assert_eq!(again.text(), article.text());
});
