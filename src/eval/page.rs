//! Evaluations side by side: which charts there are, and what stands in them. How they are drawn is `chart`'s.

use super::figure::{Figure, Unit, words};
use super::report::Report;
use super::score::ClaimFigures;
use crate::chart::{Bar, Chart, Page, Section, each_once};
use crate::language::Language;

/// A page of these reports, one bar each in every chart.
pub fn page(reports: &[Report]) -> Page {
    let mut sections = vec![section("All articles", reports, |report| Some(&report.pace))];
    for language in Language::ALL {
        let title = format!("{} summaries", language.english_name());
        sections.push(section(&title, reports, |report| report.languages.get(&language)));
    }
    let mut pairs: Vec<&String> = reports.iter().flat_map(|report| report.translations.keys()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    for pair in pairs {
        sections.push(section(&format!("Translation {pair}"), reports, |report| report.translations.get(pair)));
    }
    sections.extend(of_claims(reports));
    sections.retain(|section| !section.charts.is_empty());
    let mixed = reports.windows(2).any(|two| two[0].dataset_sha256 != two[1].dataset_sha256);
    // A file of translations is the work of one system, so those of two systems are two files.
    let is_scored = |report: &Report| report.model.is_some() || !report.claims.all.is_empty();
    let lead = match (mixed, reports.iter().any(is_scored)) {
        (true, true) => "These runs are of different datasets: their bars cannot be compared.",
        (true, false) => "Compare translations of the same sentences alone: each run has a file of its own.",
        (false, _) => "Shares are of all parts, numbers, citations or facts of the run; the label says how many.",
    };
    let name = |report: &Report| {
        let model = report.model.as_ref().map_or("no model", |model| model.name.as_str());
        let checks =
            if report.checks.is_empty() { String::new() } else { format!(", by {}", report.checks.join(", ")) };
        format!("{model}: {} rows of {}{checks}", report.rows, report.dataset)
    };
    let runs = reports.iter().map(name).collect();
    Page { title: "stislo eval".to_owned(), lead: lead.to_owned(), runs, sections }
}

/// The sections of labelled claims: all of them, and each group that any of the reports has.
fn of_claims(reports: &[Report]) -> Vec<Section> {
    let mut sections = vec![section("Labelled claims", reports, |report| Some(&report.claims.all))];
    for at in 0..ClaimFigures::default().groups().len() {
        let mut names: Vec<(&str, &String)> = Vec::new();
        for (by, groups) in reports.iter().map(|report| report.claims.groups()[at]) {
            names.extend(groups.keys().map(|name| (by, name)));
        }
        names.sort_unstable();
        names.dedup();
        for (by, name) in names {
            let title = format!("Labelled claims, {by} {}", name.replace('_', " "));
            sections.push(section(&title, reports, |report| report.claims.groups()[at].1.get(name)));
        }
    }
    sections
}

/// One chart for each figure that any of the reports has, in the order in which they come first.
fn section<'a>(title: &str, reports: &'a [Report], figures: impl Fn(&'a Report) -> Option<&'a Vec<Figure>>) -> Section {
    let each: Vec<&[Figure]> = reports.iter().map(|it| figures(it).map_or(&[][..], Vec::as_slice)).collect();
    let first = each_once(each.iter().copied().flatten(), |figure| &figure.name);
    let chart = |figure: &Figure| {
        let found = each.iter().map(|figures| figures.iter().find(|it| it.name == figure.name));
        let bar = |figure: &Figure| Bar { value: figure.value, label: figure.to_string(), marks: Vec::new() };
        let top = match figure.unit {
            Unit::Share => Some(1.0),
            Unit::Score => Some(100.0),
            _ => None,
        };
        Chart { title: words(&figure.name), top, bars: found.map(|found| found.map(bar)).collect() }
    };
    Section { title: title.to_owned(), charts: first.into_iter().map(chart).collect() }
}
