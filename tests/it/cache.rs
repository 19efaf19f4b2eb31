//! Kept answers: what they outlive, and what the command line makes of them.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use stislo::answer::{Answer, TimingsInfo};
use stislo::cache::{AnswerCache, CacheSettings, Key};
use stislo::language::Language;

use crate::cli::{Outcome, Place, shown, tiny};
use crate::harness::{ANSWERS, Script, fixture, request, service};

/// Times that a program is killed while it writes.
const KILLS: usize = 200;
/// Where the program that is killed writes.
const FOLDER: &str = "STISLO_TEST_KEPT";
/// The file that it writes, and that of the answer.
const FILE: &str = "answers.redb";
const ANSWER: &str = "answer.json";

fn cache(folder: &Path) -> AnswerCache {
    let file = Some(folder.join(FILE));
    AnswerCache::new(CacheSettings { memory_bytes: 0, file, file_bytes: 1 << 30 })
}

async fn answer() -> Answer {
    let (engine, _) = Script::new(&ANSWERS).engine().await;
    service(engine).summarize(request(&fixture("en", "page"), &Language::ALL), |_| ()).await.unwrap()
}

#[tokio::test]
async fn a_kept_answer_is_the_answer_but_for_its_timings() {
    let folder = tempfile::tempdir().unwrap();
    let computed = answer().await;
    let (key, request_key) = (Key::of(&"content"), Key::of(&"request"));
    let first = cache(folder.path());
    first.keep(key, Some(request_key), &computed);
    first.settle().await;
    // Another program, later.
    let found = cache(folder.path()).find(&key).await.unwrap();
    assert_eq!((found.timings.completion_tokens, found.timings.decode_ms), (0, 0), "nothing was written");
    let timeless = |answer: Answer| Answer { timings: TimingsInfo::default(), ..answer };
    assert_eq!(timeless(found), timeless(computed.clone()));
    assert!(cache(folder.path()).find(&request_key).await.is_none(), "a request's own key is for memory alone");

    let memory = AnswerCache::new(CacheSettings { memory_bytes: 1 << 20, file: None, file_bytes: 0 });
    memory.keep(key, Some(request_key), &computed);
    assert!(memory.recall(&key).is_some() && memory.find(&request_key).await.is_some());
    assert!(memory.recall(&Key::of(&"other")).is_none());
}

/// Not a test by itself: the program that [`kills_leave_a_file_that_opens`] kills. It says when it has begun.
#[tokio::test]
#[ignore = "it writes until it is killed"]
async fn a_program_that_writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let answer: Answer = serde_json::from_str(&std::fs::read_to_string(folder.join(ANSWER)).unwrap()).unwrap();
    let cache = cache(folder);
    println!("begun");
    for n in 0_u64.. {
        cache.keep(Key::of(&(std::process::id(), n)), None, &answer);
        cache.settle().await;
    }
}

#[tokio::test]
async fn kills_leave_a_file_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let (key, kept) = (Key::of(&"kept"), answer().await);
    std::fs::write(folder.path().join(ANSWER), serde_json::to_string(&kept).unwrap()).unwrap();
    let mut state = 9_u64;
    for kill in 0..KILLS {
        // The first kills hit a file that is being made, the others one that has answers in it.
        let fresh = kill < KILLS / 4;
        if fresh {
            let _ = std::fs::remove_file(folder.path().join(FILE));
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "cache::a_program_that_writes_until_it_is_killed"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = [0; 1];
        let mut text = Vec::new();
        let mut out = child.stdout.take().unwrap();
        while !text.ends_with(b"begun") {
            assert_eq!(out.read(&mut said).unwrap(), 1, "{}", String::from_utf8_lossy(&text));
            text.push(said[0]);
        }
        // Somewhere in the first writes; a spin, because a sleep is too coarse to hit the middle of one.
        let within = if fresh { 4_000 } else { 30_000 };
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (begun, wait) = (Instant::now(), std::time::Duration::from_micros((state >> 33) % within));
        while begun.elapsed() < wait {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What is kept is there, whatever was left of the file; and it is there after each later kill, so the file was
        // never thrown away again. It has room for everything, so nothing makes way either.
        let cache = cache(folder.path());
        if fresh {
            cache.keep(key, None, &kept);
            cache.settle().await;
        }
        assert!(cache.find(&key).await.is_some(), "after {} kills", kill + 1);
    }
}

/// A place whose program has a cache folder, and the tiny model in it.
fn place() -> (Place, String) {
    let place = Place::new();
    let model = place.file("tiny.gguf", tiny(1 << 14));
    let model = shown(&model).to_owned();
    (place, model)
}

fn summarize(place: &Place, more: &[&str]) -> Outcome {
    let page = place.file("page.txt", fixture("en", "page"));
    let given = ["summarize", shown(&page), "--to", "en", "--format", "json"];
    place.run_keeping(&[&given, more].concat())
}

fn written(outcome: &Outcome) -> (u64, Value) {
    let mut answer = outcome.json();
    let tokens = answer["timings"]["completion_tokens"].as_u64().unwrap();
    answer["timings"] = Value::Null;
    (tokens, answer)
}

#[test]
fn a_second_run_of_a_command_needs_no_model() {
    let (place, model) = place();
    let (tokens, first) = written(&summarize(&place, &["--model", &model]));
    assert!(tokens > 0);
    let (tokens, second) = written(&summarize(&place, &["--model", &model]));
    assert_eq!((tokens, &second), (0, &first));
    let (tokens, third) = written(&summarize(&place, &["--model", &model, "--no-store"]));
    assert!(tokens > 0 && third == first, "a run that keeps nothing uses nothing that was kept");
    let (tokens, _) = written(&summarize(&place, &["--model", &model, "--facts", "3"]));
    assert!(tokens > 0, "another wish is another answer");
    // The same name with other bytes is another model; these are as many, so their time tells.
    place.file("tiny.gguf", tiny(1 << 15));
    let (tokens, _) = written(&summarize(&place, &["--model", &model]));
    assert!(tokens > 0);
}

#[test]
fn a_run_that_keeps_nothing_leaves_nothing() {
    let (place, model) = place();
    summarize(&place, &["--model", &model, "--no-store"]).json();
    assert!(!place.kept().exists());
    summarize(&place, &["--model", &model]).json();
    assert!(place.kept().exists());
}
