//! Translation: students from the hub to the page, and what becomes of long, odd and broken input.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use stislo::answer::Strategy;
use stislo::hub::{HubError, Silent};
use stislo::language::Language::{self, En, Uk};
use stislo::service::{Document, Stage, Step, SummaryEvent, TextFormat, Translation};
use stislo::translate::{
    Batch, Direction, NetworkTranslator, OpenOptions, TranslateError, Translator, Translators, Want,
};
use tempfile::TempDir;

use crate::harness::{ANSWERS, STUCK, Script, fixture, request, service};
use crate::hub_server::{Fault, HubServer, On, hub};
use crate::tiny_student::{self, Files};
use crate::translators::{Asked, Broken, Speller, desk, downloaded, manifest, publish, spelled};

const EN_UK: Direction = Direction { from: En, to: Uk };

fn document(text: &str, from: Option<Language>, to: Language) -> Document {
    Document { text: text.to_owned(), from, to, format: TextFormat::Text }
}

async fn translate(desk: &Translators, text: &str) -> Translation {
    desk.translate(document(text, Some(En), Uk), &mut |_| ()).await.unwrap()
}

async fn student(files: &Files) -> (NetworkTranslator, TempDir) {
    let cache = TempDir::new().unwrap();
    let (manifest, files) = downloaded(files, cache.path()).await;
    (NetworkTranslator::student(&manifest, files).unwrap(), cache)
}

async fn outputs(student: &NetworkTranslator, sentences: &[&str], want: Want) -> Result<Vec<String>, TranslateError> {
    let sentences = sentences.iter().map(|text| (*text).to_owned()).collect();
    let outputs = student.translate(Batch { direction: EN_UK, sentences, want }).await?;
    Ok(outputs.into_iter().map(|output| output.text).collect())
}

#[tokio::test]
async fn a_translation_model_is_fetched_checked_and_removed() {
    let (server, cache) = (HubServer::start(b"x").await, TempDir::new().unwrap());
    let (hub, files) = (hub(&server, cache.path()), tiny_student::files(1));
    let all = publish(&server, &files);
    let manifest = manifest(&[[&all[0], &all[1], &all[2]]]);
    assert!(hub.cached_translator(&manifest).is_none());
    assert!(matches!(hub.verify_translator(&manifest), Err(HubError::NotDownloaded { .. })));
    let fetched = hub.fetch_translator(&manifest, &Silent).await.unwrap();
    assert_eq!(fetched.read().unwrap(), [files.model, files.vocabulary, files.shortlist], "unpacked");
    let asked = server.requests().len();
    assert!(hub.cached_translator(&manifest).is_some());
    hub.fetch_translator(&manifest, &Silent).await.unwrap();
    assert_eq!(server.requests().len(), asked, "nobody is asked again");
    let path = fetched.paths().next().unwrap().to_owned();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(hub.verify_translator(&manifest), Err(HubError::HashMismatch { .. })));
    assert!(hub.remove_translator(&manifest).unwrap() > 0);
    assert!(!path.exists() && hub.cached_translator(&manifest).is_none());
}

#[tokio::test]
async fn the_build_that_the_hub_has_is_taken() {
    let (server, cache) = (HubServer::start(b"x").await, TempDir::new().unwrap());
    let all = publish(&server, &tiny_student::files(1));
    let hub = hub(&server, cache.path());
    let both = manifest(&[[b"a", b"b", b"c"], [&all[0], &all[1], &all[2]]]);
    hub.fetch_translator(&both, &Silent).await.unwrap();
    assert_eq!(server.bodies().len(), 3, "nothing of the other build is downloaded");
    let other = manifest(&[[b"a", b"b", b"c"]]);
    assert!(matches!(hub.fetch_translator(&other, &Silent).await, Err(HubError::NotAsPinned { .. })));
}

#[tokio::test]
async fn wrong_bytes_are_no_model() {
    let (server, cache) = (HubServer::start(b"x").await, TempDir::new().unwrap());
    let all = publish(&server, &tiny_student::files(1));
    let manifest = manifest(&[[&all[0], &all[1], &all[2]]]);
    server.fault(On::Body, Fault::WrongBytes);
    let hub = hub(&server, cache.path());
    assert!(matches!(hub.fetch_translator(&manifest, &Silent).await, Err(HubError::HashMismatch { .. })));
    assert!(hub.cached_translator(&manifest).is_none());
    hub.fetch_translator(&manifest, &Silent).await.unwrap();
}

#[tokio::test]
async fn a_student_says_the_same_in_company_and_alone() {
    let (student, _cache) = student(&tiny_student::files(3)).await;
    let texts =
        ["The mayor opened the bridge.", "Two men left.", "Quiet", "A longer sentence, with a comma and 5 men."];
    let together = outputs(&student, &texts, Want::Text).await.unwrap();
    let linked = outputs(&student, &texts, Want::Links).await.unwrap();
    assert_eq!(together, linked);
    for (text, whole) in texts.iter().zip(&together) {
        assert_eq!(outputs(&student, &[text], Want::Text).await.unwrap(), [whole.as_str()]);
    }
    assert!(together.iter().any(|text| !text.is_empty()));
    assert_eq!(student.quality(EN_UK), Some(20.0));
    assert_eq!(student.quality(Direction { from: Uk, to: En }), None);
}

#[tokio::test]
async fn odd_input_never_reaches_a_network_and_long_input_comes_back() {
    let (student, _cache) = student(&tiny_student::files(3)).await;
    let long = "word ".repeat(1500);
    assert!(!outputs(&student, &[&long], Want::Text).await.unwrap()[0].is_empty());
    let desk = Translators::new().with(student);
    for text in ["", " \n\t ", "🔥🔥", "\0", "12:30 — 5 %", "https://a.ua/b?c=d", "\u{200b}"] {
        let done = translate(&desk, text).await;
        assert_eq!((done.text.as_str(), done.engine.as_str()), (text, "none"));
    }
}

#[tokio::test]
async fn a_broken_student_is_an_error_and_the_next_takes_over() {
    let good = tiny_student::files(3);
    let damaged = [
        Files { model: b"no model".to_vec(), ..tiny_student::files(3) },
        Files { model: good.model[..good.model.len() / 2].to_vec(), ..tiny_student::files(3) },
        Files { shortlist: vec![7; 20], ..tiny_student::files(3) },
        Files { vocabulary: Vec::new(), ..tiny_student::files(3) },
    ];
    for files in damaged {
        let (student, _cache) = student(&files).await;
        let outcome = outputs(&student, &["The mayor opened the bridge."], Want::Text).await;
        assert!(matches!(outcome, Err(TranslateError::Broken { .. }) | Ok(_)), "{outcome:?}");
        let desk = Translators::new().with(student).with(Broken).with(Speller(Asked::default()));
        let done = translate(&desk, "The mayor opened the bridge.").await;
        assert_eq!((done.text, done.engine.as_str()), (spelled("The mayor opened the bridge.", Uk), "speller"));
    }
    let alone = Translators::new().with(Broken);
    let outcome = alone.translate(document("The mayor left.", Some(En), Uk), &mut |_| ()).await;
    assert!(matches!(outcome, Err(TranslateError::Broken { .. })));
}

#[tokio::test]
async fn three_hundred_sentences_come_one_after_another() {
    let (desk, asked) = desk();
    let text: String = (0..300).map(|n| format!("Sentence number {} is here.\n\n", n % 100)).collect();
    let mut seen = Vec::new();
    let mut watch = |step: Step<'_>| {
        if let Step::Ready { index, total, sentence } = step {
            assert_eq!((index, total), (seen.len(), 300));
            assert!(sentence.faults.is_empty(), "{sentence:?}");
            seen.push(asked.sentences.lock().unwrap().len());
        }
    };
    let done = desk.translate(document(&text, None, Uk), &mut watch).await.unwrap();
    assert_eq!(done.text, spelled(&text, Uk));
    assert_eq!(asked.sentences.lock().unwrap().len(), 100, "a repeated sentence is translated once");
    assert!(seen[0] < 20, "the first comes before the last is translated");
}

#[tokio::test]
async fn who_leaves_stops_the_work() {
    let asked = Asked { gate: Some(Arc::new(tokio::sync::Notify::new())), ..Asked::default() };
    let desk = Translators::new().with(Speller(asked.clone()));
    let text = "The mayor opened the bridge. Two men left.".to_owned();
    let work = tokio::spawn(async move { desk.translate(document(&text, Some(En), Uk), &mut |_| ()).await });
    asked.begun.notified().await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    assert_eq!(asked.open.load(Ordering::SeqCst), 0);
    assert!(asked.sentences.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_large_page_is_read_and_put_together_beside_the_runtime() {
    let (desk, asked) = desk();
    let page = format!("<p>{}</p>", "<code>x1</code> 12 ".repeat(20_000));
    let document = Document { text: page.clone(), from: Some(En), to: Uk, format: TextFormat::Html };
    let mut watch = |_: Step<'_>| ();
    let work = desk.translate(document, &mut watch);
    let turns = AtomicUsize::new(0);
    let others = async {
        loop {
            turns.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    };
    let done = tokio::select! {
        biased;
        () = others => unreachable!("it has no end"),
        done = work => done.unwrap(),
    };
    assert_eq!(done.text, page, "there was nothing to translate");
    assert!(asked.sentences.lock().unwrap().is_empty());
    assert!(turns.into_inner() > 100, "others had their turns");
}

#[tokio::test]
async fn a_text_is_opened_once_for_all_that_translate_it() {
    let (desk, _) = desk();
    let text = document("The mayor left. Two men left.", None, Uk);
    let opened = stislo::translate::open(&text, &OpenOptions::default()).unwrap();
    assert_eq!((opened.from, opened.to), (En, Uk));
    let once = desk.translate_opened(opened.clone(), &mut |_| ()).await.unwrap();
    assert_eq!(once.text, spelled(&text.text, Uk));
    assert_eq!(once, desk.translate_opened(opened, &mut |_| ()).await.unwrap());
    assert_eq!(once, desk.translate(text, &mut |_| ()).await.unwrap());
}

#[tokio::test]
async fn a_summary_is_pivoted_by_the_desk_with_its_evidence() {
    let (desk, asked) = desk();
    let (engine, log) = Script::new(&ANSWERS[..1]).engine().await;
    let service = service(engine).with_translators(desk);
    let mut wanted = request(&fixture("en", "page"), &[En, Uk, Language::Ru]);
    wanted.options.strategy = Some(Strategy::Pivot);
    let answer = service.summarize(wanted, |_| ()).await.unwrap();
    let [english, ukrainian, russian] = &answer.summaries[..] else { panic!("{:?}", answer.summaries) };
    assert_eq!(
        (english.strategy, ukrainian.strategy, russian.strategy),
        (Strategy::Direct, Strategy::Pivot, Strategy::Pivot)
    );
    assert_eq!(ukrainian.headline, "", "what the speller makes of its names is in no article, so nobody is shown it");
    for other in [ukrainian, russian] {
        assert!(!other.key_facts.is_empty(), "{other:?}");
        for fact in &other.key_facts {
            let source = english.key_facts.iter().find(|source| fact.text == spelled(&source.text, Uk));
            let cited = source.map_or_else(|| vec![fact.evidence[0].clone()], |source| source.evidence.clone());
            assert_eq!(fact.evidence, cited, "citations are carried over");
            let is_sentence = fact.text == spelled(&fact.evidence[0].text, Uk);
            assert!(source.is_some() || is_sentence, "{fact:?} is no translation");
        }
        // A fact may stand in for the headline or the summary.
        let above = [&other.headline, &other.summary].iter().filter(|text| !text.is_empty()).count();
        let all = other.key_facts.len() + other.dropped + above;
        assert!(all >= english.key_facts.len(), "and none is lost without a word: {other:?}");
    }
    assert!(!asked.sentences.lock().unwrap().is_empty());
    let prompts = log.passes().iter().filter(|pass| !pass.is_step()).count();
    assert!(prompts > 0, "English was written by the engine");
}

#[tokio::test]
async fn the_languages_of_a_pivot_are_translated_side_by_side() {
    let gate = Arc::new(tokio::sync::Notify::new());
    let asked = Asked { gate: Some(gate.clone()), ..Asked::default() };
    let (engine, _) = Script::new(&ANSWERS[..1]).engine().await;
    let service = service(engine).with_translators(Translators::new().with(Speller(asked.clone())));
    let mut wanted = request(&fixture("en", "page"), &[En, Uk, Language::Ru]);
    wanted.options.strategy = Some(Strategy::Pivot);
    let work = tokio::spawn(async move {
        let mut seen = Vec::new();
        let watch = |event: SummaryEvent| {
            if let SummaryEvent::Progress { stage: Stage::Translating, done, total } = event {
                seen.push((done, total));
            }
        };
        service.summarize(wanted, watch).await.unwrap();
        seen
    });
    for _ in 0..2 {
        tokio::time::timeout(STUCK, asked.begun.notified()).await.expect("neither waits for the other");
    }
    assert_eq!(asked.open.load(Ordering::SeqCst), 2, "neither waits for the other");
    while !work.is_finished() {
        gate.notify_one();
        tokio::task::yield_now().await;
    }
    let seen = work.await.unwrap();
    let total = asked.sentences.lock().unwrap().len();
    assert_eq!(seen, (1..=total).map(|done| (done, total)).collect::<Vec<_>>(), "progress is of all languages");
}
