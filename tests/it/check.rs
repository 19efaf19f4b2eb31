//! `stislo check` as a program runs it: many claims at once, the language of a lone claim, and the exit code that is asked for.

use serde_json::{Value, json};

use crate::cli::{Place, shown};

const ARTICLE: &str = "The central bank of Norland raised its base rate by 0.25 percentage points, to 6.5%, on Thursday. \
    Its governor, Ingrid Solheim, said that prices had risen by 4.1% over the year.\n\n\
    The Norland crown gained half a percent against the euro. Half a million households have a loan from the bank.";

fn batch(place: &Place, claims: &[(&str, &str)], more: &[&str]) -> (Option<i32>, Vec<Value>) {
    let line = |(id, claim): &(&str, &str)| json!({ "id": id, "article": ARTICLE, "claim": claim }).to_string() + "\n";
    let file = place.file("claims.jsonl", claims.iter().map(line).collect::<String>());
    let outcome = place.run(&[&["check", "--batch", shown(&file)], more].concat());
    (outcome.code, outcome.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn kinds(line: &Value) -> Vec<&str> {
    let sentences = line["sentences"].as_array().unwrap();
    sentences.iter().flat_map(|it| it["findings"].as_array().unwrap()).map(|it| it["kind"].as_str().unwrap()).collect()
}

#[test]
fn many_claims_are_checked_by_one_run() {
    let place = Place::new();
    let claims = [
        ("right", "The bank raised its base rate by 0.25 percentage points."),
        ("wrong", "The bank raised its base rate by 0.75 percentage points."),
        ("empty", "…"),
        ("uk", "Базову ставку підвищили до 6,5%."),
        ("ru", "Кредиты есть у полумиллиона домохозяйств."),
    ];
    let (code, lines) = batch(&place, &claims, &[]);
    assert_eq!(code, Some(0), "findings are no failure unless asked for");
    let ids: Vec<&str> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids, claims.map(|(id, _)| id));
    assert_eq!((kinds(&lines[0]), kinds(&lines[1])), (vec![], vec!["number_not_in_source"]));
    assert!(
        lines[2]["error"].as_str().unwrap().contains("empty") && lines[2].get("sentences").is_none(),
        "{}",
        lines[2]
    );
    assert_eq!((&lines[3]["language"], &lines[4]["language"]), (&json!("uk"), &json!("ru")));
    assert_eq!((kinds(&lines[3]), kinds(&lines[4])), (vec![], vec![]));
    assert_eq!(lines[1]["findings"], 1);
}

#[test]
fn findings_end_a_run_with_their_own_code_where_asked() {
    let place = Place::new();
    let right = ("right", "The base rate is 6.5% now.");
    assert_eq!(batch(&place, &[right], &["--fail"]).0, Some(0));
    let (code, lines) = batch(&place, &[right, ("wrong", "The base rate is 7.5% now.")], &["--fail"]);
    assert_eq!((code, lines.len()), (Some(5), 2), "every line is printed first");
    let article = place.file("article.txt", ARTICLE);
    let run = |claim: &str| {
        let claim = place.file("claim.txt", claim);
        place.run(&["check", shown(&claim), "--against", shown(&article), "--fail"]).code
    };
    assert_eq!((run("The base rate is 6.5% now."), run("The base rate is 7.5% now.")), (Some(0), Some(5)));
}

#[test]
fn a_lone_claim_is_of_the_language_that_is_given_or_guessed() {
    let place = Place::new();
    let article = place.file("article.txt", ARTICLE);
    let claim = place.file("claim.txt", "Ставка – 6,5%.");
    let language = |more: &[&str]| {
        let run = [&["check", shown(&claim), "--against", shown(&article), "--format", "json"], more].concat();
        place.run(&run).json()["language"].as_str().unwrap().to_owned()
    };
    assert_eq!(language(&["--lang", "uk"]), "uk");
    assert!(["uk", "ru"].contains(&language(&[]).as_str()), "and nothing else");
}

#[test]
fn a_wrong_line_is_named() {
    let place = Place::new();
    let file = place.file("claims.jsonl", "{\"id\": \"a\"}\n");
    assert!(place.run(&["check", "--batch", shown(&file)]).refused(3).contains("line 1"));
    assert_eq!(place.run(&["check"]).code, Some(2), "nothing to check");
}

#[test]
fn a_word_that_no_dictionary_and_no_article_has_is_found() {
    let place = Place::new();
    let folder = place.path("dictionaries");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("en_US.aff"), "SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n").unwrap();
    std::fs::write(folder.join("en_US.dic"), "9\nthe\nbank/S\nraised\nits\nbase\nloan/S\nhas\nof\nin\n").unwrap();
    let claims = [
        ("known", "The bank has loans of the banks."),
        ("unknown", "The bank raised its lendifying loan, the lendifying loan."),
        ("article", "The bank has loans of half a million households."),
        ("capital", "The bank has loans in Solheim."),
        ("begins", "Lendifying has raised the bank."),
        ("uk", "Банк підвищив ставку."),
    ];
    let (code, lines) = batch(&place, &claims, &["--dictionaries", shown(&folder)]);
    assert_eq!(code, Some(0));
    let found = |line: &Value| {
        let all =
            line["sentences"].as_array().unwrap().iter().flat_map(|it| it["findings"].as_array().unwrap().clone());
        let unknown = all.filter(|it| it["kind"] == "word_unknown");
        unknown.map(|it| it["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let values: Vec<Vec<String>> = lines.iter().map(found).collect();
    let none: [&str; 0] = [];
    assert_eq!(values[0], none);
    assert_eq!(values[1], ["lendifying"], "once");
    assert_eq!((&values[2][..], &values[3][..]), (&[][..], &[][..]));
    assert_eq!(values[4], ["Lendifying"]);
    assert_eq!(values[5], none, "no dictionary, no judgement");
    let without = batch(&place, &claims, &[]).1;
    assert!(without.iter().all(|line| found(line).is_empty()));
}

#[test]
fn a_missing_or_broken_dictionary_is_told() {
    let place = Place::new();
    let (article, claim) = (place.file("article.txt", ARTICLE), place.file("claim.txt", "The base rate is 6.5% now."));
    let folder = place.path("dictionaries");
    let run = |folder: &std::path::Path| {
        place.run(&["check", shown(&claim), "--against", shown(&article), "--dictionaries", shown(folder)])
    };
    assert!(run(&folder).refused(2).contains("--dictionaries"));
    std::fs::create_dir(&folder).unwrap();
    let outcome = run(&folder);
    assert_eq!((outcome.code, outcome.stderr.lines().count()), (Some(0), 1));
    assert!(outcome.stderr.contains("hunspell-en"), "{}", outcome.stderr);
    std::fs::write(folder.join("en_US.aff"), "SET klingon\n").unwrap();
    std::fs::write(folder.join("en_US.dic"), "1\nthe\n").unwrap();
    let outcome = run(&folder);
    assert!(outcome.code == Some(0) && outcome.stderr.contains("en_US.aff"), "{}", outcome.stderr);
}
