//! `eval` on claims whose truth is known: its figures are those of `check`, its runs go on, and bad rows are named.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{Place, shown};

/// A file of the corpus.
fn corpus(name: &str) -> String {
    shown(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(name)).to_owned()
}

/// The figure of this name, as a share: how many of how many.
fn share(figures: &Value, name: &str) -> (u64, u64) {
    let figure = figures.as_array().unwrap().iter().find(|figure| figure["name"] == name);
    let figure = figure.unwrap_or_else(|| panic!("no {name}: {figures}"));
    (figure["count"].as_u64().unwrap(), figure["of"].as_u64().unwrap())
}

#[test]
fn the_verdict_is_scored_on_pairs_as_check_gives_it() {
    let place = Place::new();
    let (pairs, articles, page) = (corpus("pairs.jsonl"), corpus("articles"), place.file("page.html", ""));
    let run = ["eval", &pairs, "--articles", &articles, "--html", shown(&page)];
    let report = place.run(&[&run[..], &["--format", "json"]].concat()).json();
    let claims = &report["claims"];
    assert_eq!((&report["model"], &report["checks"], &report["rows"]), (&Value::Null, &json!(["rules"]), &json!(48)));
    let (found, of) = share(&claims["all"], "found");
    let (alarms, good) = share(&claims["all"], "false_alarms");
    assert!(of == 48 && good == 48 && found >= 24 && alarms <= 7, "{claims}");
    assert!(share(&claims["all"], "found_fitting").0 <= share(&claims["all"], "told_apart").0);
    for (by, groups, least) in [("pairs", 9, 5), ("languages", 3, 16), ("kinds", 16, 3), ("truths", 0, 0)] {
        let all = claims[by].as_object().unwrap();
        assert!(all.len() == groups && all.values().all(|it| share(it, "found").1 >= least), "{by}: {all:?}");
    }
    let text = place.run(&run).stdout;
    for words in ["no model: 48 rows", "with rules\n", "CLAIMS", "found by number not in source", "UK-RU", "uk-ru"] {
        assert!(text.to_lowercase().contains(&words.to_lowercase()), "{words}: {text}");
    }
    let drawn = std::fs::read_to_string(&page).unwrap();
    assert!(drawn.contains("Labelled claims, kind dates times") && drawn.contains("by rules"), "{drawn}");
    let rows = std::fs::read_to_string(&pairs).unwrap();
    let line = |row: &Value, which: &str| {
        let id = row["article"].as_str().unwrap();
        let article = std::fs::read_to_string(Path::new(&articles).join(id).with_extension("txt")).unwrap();
        json!({"id": which, "article": article, "claim": row[format!("{which}_claim")]}).to_string() + "\n"
    };
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let ours = rows.iter().filter(|row| row["claim_lang"] == "en" && row["article_lang"] == "en");
    let batch: String = ours.flat_map(|row| ["true", "false"].map(|which| line(row, which))).collect();
    let batch = place.file("batch.jsonl", batch);
    let checked = place.run(&["check", "--batch", shown(&batch), "--lang", "en", "--from", "en"]).stdout;
    let said: Vec<Value> = checked.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let accused = |which| said.iter().filter(|line| line["id"] == which && line["findings"] != 0).count() as u64;
    let own = &claims["pairs"]["en-en"];
    assert_eq!((accused("false"), accused("true")), (share(own, "found").0, share(own, "false_alarms").0));
}

/// Labelled claims about a short article, whose text stands in each row.
fn labelled() -> Vec<Value> {
    let article = "The old bridge over the Lode was closed on Monday.\n\nThe council of Ormsley says that its repair \
        will cost £2.4 million and take until 12 May. Most of the money comes from the county.";
    let row = |id: &str, claim: &str, truth: &str, language: &str| {
        json!({"id": id, "article": article, "article_lang": "en", "lang": "en", "place": "fact", "claim": claim,
            "truth": truth, "language": language, "note": "passed over", "useful": "yes"})
    };
    vec![
        row("a", "The repair will cost £2.4 million.", "true", "good"),
        row("b", "The repair will cost £4.2 million.", "false", "good"),
        row("c", "The repair will cost costing £2.4 million.", "true", "broken"),
        row("d", "…", "none", "broken"),
    ]
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

#[test]
fn labelled_claims_are_scored_and_a_run_of_them_goes_on() {
    let place = Place::new();
    let data = place.file("claims.jsonl", lines(&labelled()));
    let results = place.path("results.jsonl");
    let run = ["eval", shown(&data), "--format", "json"];
    let kept = [&run[..], &["--resume", shown(&results)]].concat();
    let first = place.run(&[&kept[..], &["--limit", "1"]].concat()).json();
    assert_eq!((share(&first["claims"]["all"], "found").1, &first["rows"]), (0, &json!(1)));
    let whole = place.run(&kept).json();
    assert_eq!(whole, place.run(&run).json(), "a resumed run reports what an unbroken one does");
    assert_eq!(std::fs::read_to_string(&results).unwrap().lines().count(), 5);
    let claims = &whole["claims"];
    assert_eq!(share(&claims["all"], "found"), (2, 3), "what is refused is found, and true but broken is bad");
    assert_eq!(share(&claims["all"], "found_fluent"), (1, 1));
    assert_eq!(share(&claims["all"], "false_alarms"), (0, 1));
    assert_eq!(share(&claims["all"], "found_by_number_not_in_source"), (1, 3));
    assert_eq!(share(&claims["truths"]["none"], "found"), (1, 1));
    assert_eq!(share(&claims["kinds"]["fact"], "found"), (2, 3));
    let folder = place.path("dictionaries");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("en_US.aff"), "SET UTF-8\n").unwrap();
    std::fs::write(folder.join("en_US.dic"), "1\nthe\n").unwrap();
    let other = place.run(&[&kept[..], &["--dictionaries", shown(&folder)]].concat());
    assert!(other.refused(3).contains("another"), "other checks give other verdicts");
}

#[test]
fn a_bad_row_of_claims_is_named() {
    let place = Place::new();
    let articles = place.path("articles");
    std::fs::create_dir(&articles).unwrap();
    std::fs::write(articles.join("a-1.txt"), "A title\n\nThe old bridge over the Lode was closed on Monday.").unwrap();
    let file = place.file("articles.jsonl", "{\"id\": \"a-1\", \"text\": \"x\"}\n{\"id\": \"a-1\", \"text\": \"x\"}\n");
    let good = json!({"id": "g", "article": "a-1", "claim": "It is shut.", "truth": "true", "language": "good"});
    let with = |name: &str, value: Value| {
        let mut row = good.clone();
        (row["id"], row[name]) = ("the-bad-one".into(), value);
        row
    };
    for (bad, hint) in [
        (with("article", "a-2".into()), "a-2"),
        (with("truth", "perhaps".into()), "perhaps"),
        (with("language", "fine".into()), "fine"),
        (with("lang", "de".into()), "de"),
        (json!({"id": "the-bad-one", "article": "a-1", "true_claim": "It is shut."}), "false_claim"),
    ] {
        let data = place.file("claims.jsonl", lines(&[good.clone(), bad]));
        let outcome = place.run(&["eval", shown(&data), "--articles", shown(&articles)]);
        let said = outcome.refused(3);
        assert!(["line 2", "`the-bad-one`", hint].iter().all(|words| said.contains(words)), "{hint}: {said}");
    }
    let data = place.file("claims.jsonl", lines(&[good]));
    let run = |articles: &[&str]| place.run(&[&["eval", shown(&data)], articles].concat()).refused(3).to_owned();
    let said = run(&[]);
    assert!(said.contains("`g`") && said.contains("--articles"), "an id is no text: {said}");
    assert!(run(&["--articles", shown(&file)]).contains("line 2"), "an id comes twice");
    assert!(run(&["--articles", "missing"]).contains("missing"));
}
