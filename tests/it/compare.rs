//! `compare`: aligned rows, planted differences by name, and its surfaces.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use stislo::answer::Comparison;
use stislo::error::Error;
use stislo::language::Language;
use stislo::plan::PlanError;
use tower::ServiceExt;

use crate::cli::{Place, keys, shown, tiny};
use crate::harness::{ANSWERS, Script, fixture, request, service};

/// Compares the answers that a model writes on the fixture of a language.
async fn compared(page: &str, answers: &[&str]) -> Comparison {
    let (engine, _) = Script::new(answers).engine().await;
    let answer = service(engine).compare(request(&fixture(page, "page"), &Language::ALL), |_| ()).await.unwrap();
    answer.comparison.unwrap()
}

#[tokio::test]
async fn good_answers_are_the_same_rows_in_three_languages() {
    for page in ["en", "uk", "ru"] {
        let comparison = compared(page, &ANSWERS).await;
        let rows = serde_json::to_value(&comparison.rows).unwrap();
        let row = |sentence: u32, place: u32| json!({"sentences": [sentence], "facts": {"en": place, "uk": place, "ru": place}});
        assert_eq!(rows, json!([row(2, 0), row(3, 1), row(5, 2)]), "{page}");
        assert_eq!(comparison.score, Some(1.0), "{page}: {comparison:?}");
        assert!(comparison.numbers.is_empty() && comparison.names.is_empty(), "{page}: {comparison:?}");
        assert!(comparison.only_in.values().all(Vec::is_empty));
    }
}

#[tokio::test]
async fn planted_differences_are_named() {
    // The sentence has 31.6 as well, so neither a rule nor a check has anything against it.
    let number = ANSWERS[2].replace("на 22% дороже прежней оценки", "дороже прежней оценки в 31,6 млн фунтов");
    let alone = ANSWERS[1].replace("- [5] Судно втратило хід", "- [9] Судно втратило хід");
    let comparison = compared("en", &[ANSWERS[0], &alone, &number]).await;
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(keys(&json), ["names", "numbers", "only_in", "rows", "score"]);
    assert_eq!(json["numbers"], json!([{"row": 1, "values": {"en": ["22"], "uk": ["22"], "ru": ["31,6 млн"]}}]));
    // The number and the date say which sentence it is, so the citation was put right.
    assert_eq!(json["rows"][2], json!({"sentences": [5], "facts": {"en": 2, "uk": 2, "ru": 2}}));
    assert!(json["score"].as_f64().unwrap() < 0.7);

    let lacking = ANSWERS[2].replace(
        "- [5] Судно потеряло ход во время шторма 3 ноября 2020 года.",
        "- [12] О мосте напомнили в порту города.",
    );
    let comparison = compared("en", &[ANSWERS[0], ANSWERS[1], &lacking]).await;
    let json = serde_json::to_value(&comparison).unwrap();
    assert_eq!(json["rows"][2]["facts"], json!({"en": 2, "uk": 2}));
    assert_eq!(json["only_in"], json!({"en": [], "uk": [], "ru": [2]}));
    assert_eq!(json["score"], 0.625, "two whole rows, one of two thirds, one alone");
}

#[tokio::test]
async fn one_language_is_nothing_to_compare() {
    let (engine, log) = Script::new(&ANSWERS).engine().await;
    let error = service(engine).compare(request(&fixture("en", "page"), &[Language::Uk]), |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::Plan(PlanError::OneLanguage)), "{error}");
    assert!(log.passes().is_empty());
}

#[tokio::test]
async fn the_gateway_compares() {
    let app = crate::http::app().await;
    let ask = |body: Value| {
        let request = Request::post("/v1/compare").header(header::CONTENT_TYPE, "application/json");
        app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap())
    };
    let response = ask(json!({"text": fixture("uk", "page")})).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = serde_json::from_slice(&to_bytes(response.into_body(), 1 << 24).await.unwrap()).unwrap();
    assert_eq!(
        (answer["comparison"]["rows"].as_array().unwrap().len(), answer["comparison"]["score"].as_f64()),
        (3, Some(1.0))
    );
    let refused = ask(json!({"text": fixture("uk", "page"), "languages": ["en"]})).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn the_command_prints_a_table_and_words_and_json() {
    let place = Place::new();
    let article = place.file("page.txt", fixture("uk", "page"));
    let model = place.file("random-f32.gguf", tiny(16_384));
    let run = |more: &[&str]| {
        let common = [
            "compare",
            shown(&article),
            "--model",
            shown(&model),
            "--context",
            "16384",
            "--facts",
            "3",
            "--length",
            "short",
        ];
        place.run(&[&common, more].concat())
    };
    let outcome = run(&["--to", "uk,ru"]);
    assert_eq!(outcome.stderr, "");
    let first = outcome.stdout.lines().next().unwrap();
    assert_eq!(first.split_whitespace().collect::<Vec<_>>(), ["Ukrainian", "Russian"]);
    assert!(outcome.stdout.contains("\nHeadline "), "{}", outcome.stdout);
    let verdict = |line: &str| line.starts_with("Consistency ") || line == "There are no facts to compare";
    assert!(outcome.stdout.lines().any(verdict), "{}", outcome.stdout);
    let json = run(&["--to", "uk,ru", "--format", "json"]).json();
    let facts: usize =
        json["summaries"].as_array().unwrap().iter().map(|it| it["key_facts"].as_array().unwrap().len()).sum();
    let rows = json["comparison"]["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["facts"].as_object().unwrap().len()).sum::<usize>(), facts);
    let markdown = run(&["--to", "uk,ru", "--format", "markdown"]).stdout;
    assert!(markdown.starts_with("| | Ukrainian | Russian |\n|---|---|---|\n| Headline | "), "{markdown}");
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(markdown.lines().take_while(|line| !line.is_empty()).all(|line| columns(line) == 4), "{markdown}");
    assert!(run(&["--to", "uk"]).refused(3).contains("at least two languages"));
}
