//! Measurements side by side: what earlier runs wrote as JSON, and this one, as charts.

use serde::Deserialize;

use super::{Name, Report};
use crate::answer::ModelInfo;
use crate::chart::{Bar, Chart, Page, Section, each_once};

/// A report as it was written. Of an older or newer version, what is known here is read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Earlier {
    model: ModelInfo,
    machine: Machine,
    workload: Workload,
    figures: Vec<Figure>,
    peak_resident_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Machine {
    cpu: Option<String>,
    threads: usize,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Workload {
    article: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Figure {
    name: String,
    unit: String,
    median: f64,
    runs: Vec<f64>,
}

impl From<&Report> for Earlier {
    /// The report as it is read from the JSON that is printed of it.
    fn from(report: &Report) -> Self {
        serde_json::from_value(serde_json::json!(report)).expect("a report is read as it is written")
    }
}

/// A page of these runs: speeds, times and memory.
pub fn page(runs: &[Earlier]) -> Page {
    let speed = section("Speed: longer is better", runs, |figure| figure.unit == "tokens/s");
    let time = section("Time: shorter is better", runs, |figure| figure.unit != "tokens/s");
    let bar =
        |bytes: u64| Bar { value: bytes as f64, label: format!("{:.0} MB", bytes as f64 / 1e6), marks: Vec::new() };
    let bars: Vec<Option<Bar>> = runs.iter().map(|run| run.peak_resident_bytes.map(bar)).collect();
    let memory = Chart { title: "most memory held".to_owned(), top: None, bars };
    let charts = if memory.bars.iter().any(Option::is_some) { vec![memory] } else { Vec::new() };
    let mut sections = vec![speed, time, Section { title: "Memory: shorter is better".to_owned(), charts }];
    sections.retain(|section| !section.charts.is_empty());
    let name = |run: &Earlier| {
        let cpu = run.machine.cpu.as_deref().unwrap_or("unknown processor");
        format!(
            "{} by {}: {} on {cpu}, {} threads",
            run.model.name, run.model.engine, run.workload.article, run.machine.threads
        )
    };
    let lead = "Bars are medians, circles are single runs. Compare what was measured on one machine and one article.";
    Page { title: "stislo bench".to_owned(), lead: lead.to_owned(), runs: runs.iter().map(name).collect(), sections }
}

fn section(title: &str, runs: &[Earlier], is_of: impl Fn(&Figure) -> bool) -> Section {
    let figures = runs.iter().flat_map(|run| &run.figures).filter(|figure| is_of(figure));
    let chart = |figure: &Figure| {
        let found = runs.iter().map(|run| run.figures.iter().find(|it| it.name == figure.name));
        let bar = |found: &Figure| Bar {
            value: found.median,
            label: format!("{:.2} {}", found.median, found.unit),
            marks: found.runs.clone(),
        };
        let title = Name::words_of(&figure.name).to_owned();
        Chart { title, top: None, bars: found.map(|found| found.map(bar)).collect() }
    };
    let first = each_once(figures, |figure| &figure.name);
    Section { title: title.to_owned(), charts: first.into_iter().map(chart).collect() }
}
