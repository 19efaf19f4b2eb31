//! `stislo compare`: the same facts side by side, and the differences in words below them.
//!
//! The arguments and the work are those of `summarize`; here is only how the comparison is shown.

use std::fmt::Write as _;

use super::render::{self, Page};
use super::table::Table;
use crate::answer::{Answer, Comparison, Difference, KeyFact, Row, Summary};
use crate::language::Language;

/// A comparison for a terminal or a pipe.
pub(super) fn text(answer: &Answer, page: &Page) -> String {
    let Some(comparison) = &answer.comparison else { return render::text(answer, page) };
    let head = answer.summaries.iter().map(|summary| summary.language.english_name().to_owned()).collect();
    let table = Table { head, rows: rows(answer, comparison) };
    let mut out = table.fit(page.columns());
    for warning in warnings(answer) {
        let _ = writeln!(out, "{}", page.wrap("! ", warning));
    }
    let _ = writeln!(out, "\n{}", page.bold(&verdict(comparison)));
    for difference in differences(answer, comparison) {
        let _ = writeln!(out, "{}", page.wrap("  - ", &difference));
    }
    let _ = writeln!(out, "\n{}", page.wrap("", &render::colophon(answer)));
    out
}

/// A comparison as Markdown.
pub(super) fn markdown(answer: &Answer) -> String {
    let Some(comparison) = &answer.comparison else { return render::markdown(answer) };
    let names = answer.summaries.iter().map(|summary| summary.language.english_name());
    let mut out = format!("| | {} |\n", names.collect::<Vec<_>>().join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(answer.summaries.len()));
    for (label, cells) in rows(answer, comparison) {
        let cells: Vec<String> = cells.iter().map(|cell| render::escape(cell).replace('\n', "<br>")).collect();
        let _ = writeln!(out, "| {} | {} |", render::escape(&label), cells.join(" | "));
    }
    for warning in warnings(answer) {
        let _ = writeln!(out, "\n**{}**", render::escape(warning));
    }
    let _ = writeln!(out, "\n**{}**\n", render::escape(&verdict(comparison)));
    for difference in differences(answer, comparison) {
        let _ = writeln!(out, "- {}", render::escape(&difference));
    }
    let _ = writeln!(out, "\n*{}*", render::escape(&render::colophon(answer)));
    out
}

/// What a reader should know of the languages.
fn warnings(answer: &Answer) -> impl Iterator<Item = &str> {
    answer.summaries.iter().flat_map(|summary| &summary.warnings).map(|warning| warning.message.as_str())
}

/// The rows of the table: headline, summary, then the facts with the sentences that they cite.
fn rows(answer: &Answer, comparison: &Comparison) -> Vec<(String, Vec<String>)> {
    let each = |text: fn(&Summary) -> &str| answer.summaries.iter().map(|summary| text(summary).to_owned()).collect();
    let mut rows = vec![
        ("Headline".to_owned(), each(|summary| &summary.headline)),
        ("Summary".to_owned(), each(|summary| &summary.summary)),
    ];
    for row in &comparison.rows {
        let cell = |summary: &Summary| match fact(answer, row, summary.language) {
            Some(fact) => {
                let findings =
                    render::shown(&fact.findings).map(|finding| format!("\n! {}", render::sentence(finding)));
                format!("{}{}", fact.text, findings.collect::<String>())
            }
            None => "-".to_owned(),
        };
        rows.push((cited(row), answer.summaries.iter().map(cell).collect()));
    }
    rows
}

/// How well the languages agree, in one line.
fn verdict(comparison: &Comparison) -> String {
    match comparison.score {
        Some(score) if score >= 1.0 => "Consistency 1.00: no differences found".to_owned(),
        Some(score) => format!("Consistency {score:.2} of 1.00; where the languages differ:"),
        None => "There are no facts to compare".to_owned(),
    }
}

/// Every difference in words: what some languages do not say, then numbers and names.
fn differences(answer: &Answer, comparison: &Comparison) -> Vec<String> {
    let mut found = Vec::new();
    for row in &comparison.rows {
        let (has, lacks): (Vec<&Summary>, Vec<&Summary>) =
            answer.summaries.iter().partition(|summary| row.facts.contains_key(&summary.language));
        let Some(first) = has.first().and_then(|summary| fact(answer, row, summary.language)) else { continue };
        let only = has.iter().find(|summary| is_only_in(comparison, row, summary.language));
        match only.filter(|_| has.len() == 1) {
            Some(only) => {
                found.push(format!("only {} says {}: {}", only.language.english_name(), cited(row), first.text))
            }
            None if lacks.is_empty() => {}
            None => {
                let lacks: Vec<_> = lacks.iter().map(|summary| summary.language.english_name()).collect();
                let none = if lacks.len() > 1 { "have no fact of their own" } else { "has no fact of its own" };
                found.push(format!("{} {none} for {}: {}", lacks.join(" and "), cited(row), first.text));
            }
        }
    }
    found.extend(comparison.numbers.iter().map(|it| words("numbers", it, comparison)));
    found.extend(comparison.names.iter().map(|it| words("names", it, comparison)));
    found
}

fn is_only_in(comparison: &Comparison, row: &Row, language: Language) -> bool {
    let index = row.facts.get(&language);
    index.is_some_and(|index| comparison.only_in.get(&language).is_some_and(|only| only.contains(index)))
}

/// `numbers differ in [3]: English 22, Russian 23`.
fn words(what: &str, difference: &Difference, comparison: &Comparison) -> String {
    let each = difference.values.iter().map(|(language, values)| {
        let values = if values.is_empty() { "none".to_owned() } else { values.join(" and ") };
        format!("{} {values}", language.english_name())
    });
    let row = comparison.rows.get(difference.row).map(cited).unwrap_or_default();
    format!("{what} differ in {row}: {}", each.collect::<Vec<_>>().join(", "))
}

/// The sentences of a row: `[3, 4]`.
fn cited(row: &Row) -> String {
    render::cited(row.sentences.iter().copied())
}

/// The fact of a row in one language.
fn fact<'a>(answer: &'a Answer, row: &Row, language: Language) -> Option<&'a KeyFact> {
    let summary = answer.summaries.iter().find(|summary| summary.language == language)?;
    summary.key_facts.get(*row.facts.get(&language)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{
        Evidence, Finding, FindingKind, Finish, LanguageWarning, ModelInfo, Place, SourceInfo, Strategy, TimingsInfo,
        WarningCode,
    };
    use crate::language::SentenceId;

    fn summary(language: Language, headline: &str, facts: &[(&str, u32)]) -> Summary {
        let fact = |&(text, cited): &(&str, u32)| {
            let sentence = SentenceId::new(cited).unwrap();
            let evidence = vec![Evidence { sentence, start: 0, end: 0, text: String::new() }];
            KeyFact { text: text.to_owned(), evidence, findings: Vec::new() }
        };
        Summary {
            language,
            strategy: Strategy::Direct,
            headline: headline.to_owned(),
            summary: headline.to_owned(),
            key_facts: facts.iter().map(fact).collect(),
            findings: Vec::new(),
            dropped: 0,
            quoted: Vec::new(),
            warnings: Vec::new(),
            finish: Finish::Complete,
        }
    }

    fn answer() -> Answer {
        let source = SourceInfo {
            title: None,
            language: Language::En,
            characters: 900,
            sentences: 9,
            removed_characters: 0,
            orders: Vec::new(),
            sha256: String::new(),
        };
        let model = ModelInfo { name: "m".into(), revision: None, quantization: None, engine: "e".into() };
        let summaries = vec![
            summary(
                Language::En,
                "The bridge is open",
                &[("It cost 22% more.", 3), ("A bus | crossed first.", 2), ("Tolls rise.", 7)],
            ),
            summary(Language::Uk, "Міст відкрито", &[("Першим проїхав автобус.", 2), ("Обійшлося на 23% дорожче.", 3)]),
            summary(Language::Ru, "Мост открыт", &[("Обошлось на 22% дороже.", 3)]),
        ];
        let (comparison, timings, warnings) = (None, TimingsInfo::default(), Vec::new());
        Answer { id: String::new(), source, model, summaries, comparison, timings, warnings }.compared()
    }

    /// The answer, where the model writes Ukrainian poorly and a fact of each kind of finding is in Russian.
    fn doubtful() -> Answer {
        let mut answer = answer();
        let better = vec!["a-better-one".to_owned()];
        answer.summaries[1].warnings = vec![LanguageWarning::new(WarningCode::WritesPoorly, "m", Language::Uk, better)];
        let finding = |kind, value: &str| Finding::new(kind, Place::Fact, value);
        answer.summaries[2].key_facts[0].findings =
            vec![finding(FindingKind::CitationCorrected, "99"), finding(FindingKind::NameNotInSource, "Иванов")];
        answer
    }

    #[test]
    fn a_reader_is_told_what_is_written_poorly_and_not_that_a_citation_was_corrected() {
        let answer = doubtful();
        let said = "m writes Ukrainian poorly; better: stislo models pull a-better-one";
        let plain = Page::plain();
        for out in [text(&answer, &plain), markdown(&answer), render::text(&answer, &plain), render::markdown(&answer)]
        {
            assert!(out.replace('\\', "").contains(said) && out.contains("Иванов"), "{out}");
            assert!(!out.contains("99") && !out.contains(&FindingKind::CitationCorrected.to_string()), "{out}");
        }
        let alone = render::text(&answer, &plain);
        let [headline, warning] = ["UK  ", said].map(|text| alone.find(text).unwrap());
        assert!(headline < warning && warning < alone.find("RU  ").unwrap(), "it stands with its language: {alone}");
        let json = serde_json::json!(answer).to_string();
        assert!(json.contains("citation_corrected"), "programs are told");
    }

    #[test]
    fn rows_stand_side_by_side_and_differences_are_said() {
        let out = text(&answer(), &Page::plain());
        let line =
            |needle: &str| out.lines().find(|line| line.contains(needle)).unwrap_or_else(|| panic!("{needle}: {out}"));
        assert!(line("22% more").contains("23% дорожче") && line("22% more").contains("22% дороже"), "{out}");
        assert!(line("crossed first").ends_with('-'), "Russian has none: {out}");
        for said in [
            "  - Russian has no fact of its own for [2]: A bus | crossed first.",
            "  - only English says [7]: Tolls rise.",
            "  - numbers differ in [3]: English 22, Ukrainian 23, Russian 22",
        ] {
            assert_eq!(line(said), said);
        }
        assert!(out.contains("\nConsistency 0.17 of 1.00"), "{out}");
    }

    #[test]
    fn markdown_is_a_table_and_a_list() {
        let out = markdown(&answer());
        assert!(
            out.starts_with("| | English | Ukrainian | Russian |\n|---|---|---|---|\n| Headline | The bridge"),
            "{out}"
        );
        assert!(out.contains("| \\[2\\] | A bus \\| crossed first. | Першим проїхав автобус. | - |"), "{out}");
        assert!(out.contains("- only English says \\[7\\]: Tolls rise."), "{out}");
    }
}
