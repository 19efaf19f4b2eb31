//! The real binary: exit codes, what goes to which stream, and the JSON of each command.
//!
//! Its environment is empty but for a home of its own, so nothing of this machine leaks in and no network is asked.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::fixture;
use crate::tiny_model::{self, Arch, Head, TinyModel};

/// A folder with a home for the program in it.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Where a file of this name is or would be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with("", arguments)
    }

    /// Runs the program with a cache folder, so that it keeps its answers.
    pub(crate) fn run_keeping(&self, arguments: &[&str]) -> Outcome {
        let output = self.start_keeping(arguments).wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts the program with a cache folder.
    pub(crate) fn start_keeping(&self, arguments: &[&str]) -> Child {
        self.command(arguments).env("XDG_CACHE_HOME", self.folder.path().join("cache")).spawn().unwrap()
    }

    /// Where a program with a cache folder keeps its answers.
    pub(crate) fn kept(&self) -> PathBuf {
        self.folder.path().join("cache/stislo/answers.redb")
    }

    /// Starts the program.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stislo"));
        command
            .args(arguments)
            .env_clear()
            .env("HF_HOME", self.folder.path().join("home"))
            .env("STISLO_THREADS", "1")
            .env("STISLO_DICTIONARIES", "none")
            .env("STISLO_ENCODER", "none")
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program with a text on its standard input.
    fn run_with(&self, input: &str, arguments: &[&str]) -> Outcome {
        let mut child = self.start(arguments);
        // A program that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Outcome {
    /// Checks that it failed with this code, nothing on stdout, and one line on stderr; gives the line.
    pub(crate) fn refused(&self, code: i32) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{}", self.stderr);
        let line = self.stderr.strip_suffix('\n').unwrap_or_else(|| panic!("no line: {:?}", self.stderr));
        assert!(line.starts_with("stislo: ") && !line.contains('\n') && !line.contains("panicked"), "{line}");
        line
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

pub(crate) fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn usage_is_explained_with_code_2() {
    let place = Place::new();
    for (arguments, hint) in [
        (&[][..], "Usage: stislo"),
        (&["sumarize"], "summarize"),
        (&["summarize", "x.txt", "--to", "de"], "de"),
        (&["summarize", "x.txt", "--format", "xml"], "json"),
        (&["summarize", "x.txt", "--facts", "many"], "many"),
        (&["summarize", "x.txt", "--threads", "0"], "--threads"),
        (&["summarize", "x.txt", "--context", "1"], "--context"),
        (&["serve", "--listen", "nowhere"], "nowhere"),
        (&["serve", "--listen", "0.0.0.0:0"], "--keys"),
    ] {
        let outcome = place.run(arguments);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(hint), "{hint:?} is not in: {}", outcome.stderr);
    }
    for arguments in [&["--help"][..], &["--version"], &["summarise", "--help"]] {
        let outcome = place.run(arguments);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(outcome.stdout.contains("stislo"), "{}", outcome.stdout);
    }
}

#[test]
fn a_translator_that_is_not_known_or_not_here_is_named() {
    let place = Place::new();
    let run = |name: &str| {
        let arguments = ["translate", "--from", "en", "--to", "uk", "--offline", "--translator", name];
        place.run_with("The mayor left.", &arguments)
    };
    assert!(run("nobody").refused(2).contains("`nobody`; `stislo models list`"));
    assert!(run("OPUS-MT-tc-big-en-zle").refused(4).contains("opus-mt-tc-big-en-zle"));
    let list = place.run(&["models", "list"]);
    assert!(list.stdout.contains("opus-mt-tc-big-zle-zle"), "{}", list.stdout);
}

#[test]
fn bad_input_is_refused_with_code_3() {
    let place = Place::new();
    let german = "Die Hafenbrücke wurde am Samstag wieder für den Verkehr geöffnet. Vier Jahre zuvor hatte ein \
                  Frachtschiff einen der Pfeiler gerammt. Die Reparatur kostete 38 Millionen.";
    let cases = [
        (place.file("empty.txt", ""), "is empty"),
        (place.file("blank.txt", " \n\n "), "is empty"),
        (place.file("binary.txt", [0x89, b'P', b'N', b'G', 0, 0xff, 0xfe, 0, 1, 2]), "not a text"),
        (place.file("german.txt", german), "German"),
        (place.file("short.txt", "Two words."), "at least 80"),
        (place.folder.path().join("missing.txt"), "cannot read"),
        (place.folder.path().to_owned(), "cannot read"),
    ];
    for (path, hint) in &cases {
        for command in ["summarize", "extract"] {
            let outcome = place.run(&[command, shown(path), "--offline"]);
            let line = outcome.refused(3);
            assert!(line.contains(hint) && line.contains(shown(path)), "{command}: {line}");
        }
    }
    let outcome = place.run_with("", &["summarize", "--offline"]);
    assert!(outcome.refused(3).contains("standard input"), "{}", outcome.stderr);
}

#[test]
fn no_model_is_code_4_and_names_the_file() {
    let place = Place::new();
    let article = place.file("article.txt", fixture("en", "page"));
    let outcome = place.run(&["summarize", shown(&article), "--offline", "--model", "qwen2.5-coder-1.5b-instruct"]);
    let line = outcome.refused(4);
    assert!(line.contains("qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"), "{line}");
    let outcome = place.run(&["summarize", shown(&article), "--offline"]);
    assert!(outcome.refused(4).contains(".gguf"), "{}", outcome.stderr);
    let outcome = place.run(&["models", "path", "smollm2-135m-instruct", "--offline"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{}", outcome.stderr);
    let outcome = place.run(&["summarize", shown(&article), "--offline", "--model", "gpt-5"]);
    let line = outcome.refused(4);
    assert!(line.contains("gpt-5") && line.contains("qwen3-1.7b"), "{line}");
    let broken = place.file("page.gguf", "<!DOCTYPE html><html>not a model</html>");
    for model in [shown(&broken), "nowhere.gguf"] {
        let outcome = place.run(&["summarize", shown(&article), "--model", model]);
        assert!(outcome.refused(4).contains(model), "{}", outcome.stderr);
    }
}

#[test]
fn extract_prints_the_article() {
    let place = Place::new();
    for language in ["en", "uk", "ru"] {
        let page = fixture(language, "page");
        let body = fixture(language, "body");
        let path = place.file("page.txt", &page);
        let json = place.run(&["extract", shown(&path), "--format", "json"]).json();
        assert_eq!(
            keys(&json),
            [
                "byline",
                "confidence",
                "language",
                "languages",
                "mixed",
                "notes",
                "published",
                "removed",
                "sentences",
                "sha256",
                "site",
                "text",
                "title"
            ]
        );
        assert_eq!((json["language"].as_str(), json["text"].as_str()), (Some(language), Some(body.trim())));
        assert_eq!(json["title"].as_str(), Some(fixture(language, "title").trim()));
        let sentences = json["sentences"].as_array().unwrap();
        assert_eq!(sentences.len(), 26);
        let mut covered = 0;
        for (index, sentence) in sentences.iter().enumerate() {
            assert_eq!(keys(sentence), ["end", "id", "language", "start"]);
            assert_eq!(sentence["id"], index + 1);
            let at = |key: &str| sentence[key].as_u64().unwrap() as usize;
            let text = &body.trim()[at("start")..at("end")];
            assert!(!text.is_empty() && text == text.trim(), "{text:?}");
            assert!(body[covered..at("start")].trim().is_empty(), "{covered}");
            covered = at("end");
        }
        assert_eq!(covered, body.trim().len());
        assert!(json["removed"].as_array().unwrap().iter().all(|piece| keys(piece) == ["reason", "text"]));
        assert!(!json["removed"].as_array().unwrap().is_empty());
        assert_eq!(place.run_with(&page, &["extract", "-", "--format", "json"]).json(), json, "from standard input");
        let text = place.run(&["extract", shown(&path), "--explain"]);
        let wanted = format!("{}\n\n{}\n\nLanguage: {language} (", fixture(language, "title").trim(), body.trim());
        assert!(text.stdout.starts_with(&wanted) && text.stderr.is_empty(), "{}", text.stdout);
        assert!(text.stdout.contains("\n\nRemoved:\n"), "{}", text.stdout);
        let whole = place.run(&["extract", shown(&path), "--keep-all", "--format", "json"]).json();
        assert!(whole["removed"].as_array().unwrap().is_empty());
        let last = page.trim().lines().last().unwrap();
        assert!(whole["text"].as_str().unwrap().ends_with(last), "{whole}");
    }
}

#[test]
fn the_models_are_listed() {
    let outcome = Place::new().run(&["models", "list", "--offline"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let listed = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let manifests = listed(&folder).filter(|path| path.is_file()).chain(listed(&folder.join("translators")));
    let manifests = manifests.chain(listed(&folder.join("encoders"))).chain(listed(&folder.join("dictionaries")));
    let mut count = 0;
    for file in manifests {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let line = outcome.stdout.lines().find(|line| line.split_whitespace().next() == Some(name));
        let line = line.unwrap_or_else(|| panic!("{name} is not listed: {}", outcome.stdout));
        assert!(!line.contains("not yet"), "every architecture of the catalogue can be run: {line}");
        assert!(!line.contains("here"), "the cache is empty: {line}");
        count += 1;
    }
    assert!(count >= 8 && !outcome.stdout.contains("cannot run"), "{}", outcome.stdout);
}

/// A machine without dictionaries and without an encoder, whose npm fails and keeps a record of its calls.
#[cfg(unix)]
#[test]
fn dictionaries_are_fetched_when_that_is_asked_for_and_their_absence_is_told() {
    let place = Place::new();
    let (article, claim) = (place.file("article.txt", fixture("en", "body")), place.file("claim.txt", "It is open."));
    let calls = place.path("calls");
    let npm =
        place.file("npm", format!("echo \"$@\" >> {}\necho npm error offline says npm >&2\nexit 1\n", calls.display()));
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env_remove("STISLO_DICTIONARIES").env_remove("STISLO_ENCODER").env("XDG_DATA_DIRS", place.path(""));
        let output = command.env("STISLO_NPM", format!("/bin/sh {}", npm.display())).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    };
    let checked = run(&["check", shown(&claim), "--against", shown(&article), "--model", "none"]);
    assert_eq!((checked.code, checked.stderr.lines().count()), (Some(0), 1), "{}", checked.stderr);
    for part in
        ["the words of English", "meaning", "`stislo models pull dictionary-en dictionary-en-gb multilingual-e5-small`"]
    {
        assert!(checked.stderr.contains(part), "{part} is not in {}", checked.stderr);
    }
    assert!(!calls.exists(), "nobody asked for a download");
    let pulled = run(&["models", "pull", "dictionaries"]);
    assert_eq!((pulled.code, pulled.stdout.as_str()), (Some(4), ""), "{}", pulled.stderr);
    assert!(pulled.stderr.contains("pack dictionary-en@4.0.0` failed: offline says npm"), "{}", pulled.stderr);
    assert_eq!(std::fs::read_to_string(&calls).unwrap().lines().count(), 1);
    assert!(run(&["models", "pull", "dictionary-uk", "--offline"]).refused(4).contains("dictionary-uk"));
    assert!(run(&["models", "pull", "dictionary-uk", "nobody"]).refused(4).contains("nobody"));
    assert_eq!(run(&["models", "remove", "dictionaries"]).stdout, "dictionaries: 0 B freed\n");
}

/// A tiny model of random weights with room for `context` tokens.
pub(crate) fn tiny(context: u32) -> Vec<u8> {
    TinyModel::new(Arch::Qwen2, Head::Tied).set("qwen2.context_length", tiny_model::Value::U32(context)).gguf_bytes()
}

#[test]
fn a_text_that_is_too_long_names_both_numbers() {
    let place = Place::new();
    let words =
        ["the", "council", "said", "that", "a", "new", "bridge", "over", "this", "river", "would", "not", "open"];
    // Paragraphs that repeat each other would be taken for furniture.
    let (mut prose, mut random) = (String::new(), 1u64);
    for i in 1..=40_000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        prose.push_str(words[(random >> 33) as usize % words.len()]);
        prose.push_str(if i % 170 == 0 {
            ".\n\n"
        } else if i % 17 == 0 {
            ". "
        } else {
            " "
        });
    }
    let article = place.file("long.txt", &prose);
    let model = place.file("tiny.gguf", tiny(256));
    let outcome = place.run(&["summarize", shown(&article), "--model", shown(&model)]);
    let line = outcome.refused(3);
    let numbers: Vec<u64> =
        line.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).filter(|&n| n > 0).collect();
    assert!(line.contains("too long") && numbers[0] > 180_000 && numbers[1] == 180_000, "{line}");
}

#[test]
fn random_weights_go_the_whole_way() {
    let place = Place::new();
    let article = place.file("page.txt", fixture("uk", "page"));
    let model = place.file("random-f32.gguf", tiny(16_384));
    let common = ["summarize", shown(&article), "--model", shown(&model), "--context", "16384", "--facts", "3"];
    let run = |more: &[&str]| place.run(&[&common, more].concat());
    let outcome = run(&["--to", "uk", "--length", "short", "--format", "json"]);
    assert_eq!(outcome.stderr, "");
    let answer = outcome.json();
    assert_eq!(keys(&answer), ["comparison", "id", "model", "source", "summaries", "timings", "warnings"]);
    assert_eq!(
        (&answer["model"]["name"], &answer["model"]["quantization"]),
        (&Value::from("random-f32.gguf"), &Value::from("F32"))
    );
    assert_eq!(answer["source"]["sentences"], 26);
    let summary = &answer["summaries"][0];
    assert_eq!((&summary["language"], &summary["strategy"]), (&Value::from("uk"), &Value::from("direct")));
    assert!(!summary["headline"].as_str().unwrap().is_empty());
    let body = fixture("uk", "body");
    for evidence in
        summary["key_facts"].as_array().unwrap().iter().flat_map(|fact| fact["evidence"].as_array().unwrap())
    {
        let at = |key: &str| evidence[key].as_u64().unwrap() as usize;
        assert_eq!(evidence["text"], body.trim()[at("start")..at("end")]);
    }
    let tokens = answer["timings"]["completion_tokens"].as_u64().unwrap();
    assert!(tokens > 10, "{tokens} {summary}");
    let written = summary.to_string();
    assert!(!summary["headline"].as_str().unwrap().contains(|c: char| "ыэёъЫЭЪ".contains(c)), "{written}");
    let seeded = |seed: &str| {
        run(&["--to", "uk", "--length", "short", "--format", "json", "--seed", seed]).json()["summaries"].take()
    };
    assert_eq!(seeded("5"), seeded("5"));
    assert_ne!(seeded("5"), seeded("6"));
}

#[test]
fn a_summary_of_a_person_is_checked() {
    let place = Place::new();
    let article = place.file("page.txt", fixture("en", "page"));
    // A right sentence, a wrong number, and a name that the article does not have; in Ukrainian about an English article.
    let wrong = "Першим міст перетнув автобус № 7.\nРемонт коштував 48,6 млн фунтів.\nМіст відкрив Макрон.\n";
    let summary = place.file("summary.txt", wrong);
    let run = |more: &[&str]| place.run(&[&["check", shown(&summary), "--against", shown(&article)], more].concat());
    let json = run(&["--format", "json"]).json();
    assert_eq!(keys(&json), ["findings", "language", "sentences", "source"]);
    assert_eq!((json["language"].as_str(), json["source"]["language"].as_str()), (Some("uk"), Some("en")));
    let sentences = json["sentences"].as_array().unwrap();
    let found = |at: usize| -> Vec<(&str, &str)> {
        let findings = sentences[at]["findings"].as_array().unwrap().iter();
        findings.map(|it| (it["kind"].as_str().unwrap(), it["value"].as_str().unwrap())).collect()
    };
    assert_eq!(found(0), []);
    assert_eq!(sentences[0]["evidence"][0]["sentence"], 2);
    assert!(found(1).contains(&("number_not_in_source", "48,6 млн")), "{json:#}");
    assert!(found(2).contains(&("name_not_in_source", "Макрон")), "{json:#}");
    let body = fixture("en", "body");
    for evidence in sentences.iter().flat_map(|it| it["evidence"].as_array().unwrap()) {
        let at = |key: &str| evidence[key].as_u64().unwrap() as usize;
        assert_eq!(evidence["text"], body.trim()[at("start")..at("end")]);
    }
    let text = run(&[]);
    assert_eq!((text.code, text.stderr.as_str()), (Some(0), ""));
    assert!(text.stdout.contains("[2]") && text.stdout.contains("48,6 млн"), "{}", text.stdout);
    assert!(text.stdout.contains("2 of 3 sentences (uk) have findings"), "{}", text.stdout);
    let piped = place.run_with(wrong, &["check", "-", "--against", shown(&article), "--format", "json"]);
    assert_eq!(piped.json(), json, "from standard input");
    let both = place.run(&["check", "-", "--against", "-"]);
    assert!(both.refused(2).contains("only one of"), "{}", both.stderr);
    let empty = place.file("empty.txt", " ");
    assert!(place.run(&["check", shown(&empty), "--against", shown(&article)]).refused(3).contains("empty"));
}
