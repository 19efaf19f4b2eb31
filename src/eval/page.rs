//! Evaluations side by side: which charts there are, and what stands in them. How they are drawn is `chart`'s.

use super::report::{Figure, Report, Unit, words};
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
    sections.retain(|section| !section.charts.is_empty());
    let mixed = reports.windows(2).any(|two| two[0].dataset_sha256 != two[1].dataset_sha256);
    // A file of translations is the work of one system, so those of two systems are two files.
    let lead = match (mixed, reports.iter().any(|report| report.model.is_some())) {
        (true, true) => "These runs are of different datasets: their bars cannot be compared.",
        (true, false) => "Compare translations of the same sentences alone: each run has a file of its own.",
        (false, _) => "Shares are of all parts, numbers, citations or facts of the run; the label says how many.",
    };
    let name = |report: &Report| {
        let model = report.model.as_ref().map_or("no model", |model| model.name.as_str());
        format!("{model}: {} rows of {}", report.rows, report.dataset)
    };
    let runs = reports.iter().map(name).collect();
    Page { title: "stislo eval".to_owned(), lead: lead.to_owned(), runs, sections }
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
