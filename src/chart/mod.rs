//! One HTML page with bars, side by side over several runs.
//!
//! The page is complete in itself: a style, inline SVG and nothing from elsewhere, no scripts, so that it can be mailed and
//! opened without a network. Names come from files that others wrote, so every text is escaped. What the bars mean is
//! decided by those who make a [`Page`].

use std::fmt::Write as _;

const STYLE: &str = include_str!("style.css");
/// Colours in the style; further runs begin again.
const COLOURS: usize = 8;
/// Units of the drawing: where bars begin, how long the longest is, the height of a line.
const LEFT: f64 = 28.0;
const LONGEST: f64 = 300.0;
const LINE: f64 = 24.0;

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its heading.
    pub title: String,
    /// What a reader should know first.
    pub lead: String,
    /// What is compared; each has a letter and a colour.
    pub runs: Vec<String>,
    /// Charts by subject.
    pub sections: Vec<Section>,
}

/// Charts of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The subject.
    pub title: String,
    /// In order.
    pub charts: Vec<Chart>,
}

/// One figure over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// The figure.
    pub title: String,
    /// The value of the longest bar that there could be; the longest there is when not given.
    pub top: Option<f64>,
    /// One for each run; none where a run has no such figure.
    pub bars: Vec<Option<Bar>>,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// How long it is; nothing below 0.
    pub value: f64,
    /// How it is written.
    pub label: String,
    /// Single measurements behind the value, drawn as points.
    pub marks: Vec<f64>,
}

/// One of each name, in the order in which they come first.
pub fn each_once<T: Copy, N: PartialEq>(all: impl IntoIterator<Item = T>, name: impl Fn(T) -> N) -> Vec<T> {
    let mut found: Vec<T> = Vec::new();
    for one in all {
        if !found.iter().any(|&known| name(known) == name(one)) {
            found.push(one);
        }
    }
    found
}

/// The page as HTML.
pub fn html(page: &Page) -> String {
    let title = escape(&page.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<h1>{title}</h1>\n<p>{}</p>\n<ol class=\"runs\">\n",
        escape(&page.lead)
    );
    for (i, run) in page.runs.iter().enumerate() {
        let _ = writeln!(out, "<li><b class=\"c{}\">{}</b> {}</li>", i % COLOURS, letter(i), escape(run));
    }
    out.push_str("</ol>\n");
    for section in &page.sections {
        let _ = writeln!(out, "<h2>{}</h2>\n<div class=\"charts\">", escape(&section.title));
        section.charts.iter().for_each(|chart| draw(chart, &mut out));
        out.push_str("</div>\n");
    }
    out.push_str("</html>\n");
    out
}

fn draw(chart: &Chart, out: &mut String) {
    let bars: Vec<(usize, &Bar)> =
        chart.bars.iter().enumerate().filter_map(|(i, bar)| Some((i, bar.as_ref()?))).collect();
    let longest = bars.iter().flat_map(|(_, bar)| bar.marks.iter().copied().chain([bar.value])).fold(0.0, f64::max);
    let top = chart.top.unwrap_or(longest);
    let long = |value: f64| if top > 0.0 && value.is_finite() { (value / top).clamp(0.0, 1.0) * LONGEST } else { 0.0 };
    let title = escape(&chart.title);
    let height = LINE * bars.len() as f64;
    let _ = writeln!(out, "<figure><figcaption>{title}</figcaption>");
    let _ = writeln!(out, "<svg viewBox=\"0 0 480 {height}\" role=\"img\" aria-label=\"{title}\">");
    for (line, (i, bar)) in bars.into_iter().enumerate() {
        let (y, width, label) = (line as f64 * LINE, long(bar.value), escape(&bar.label));
        let text = y + LINE * 0.7;
        let end = bar.marks.iter().map(|&mark| long(mark)).fold(width, f64::max);
        let _ = writeln!(out, "<text x=\"4\" y=\"{text:.1}\">{}</text>", letter(i));
        let _ = write!(out, "<rect class=\"c{}\" x=\"{LEFT}\" y=\"{:.1}\" ", i % COLOURS, y + 4.0);
        let _ = writeln!(out, "width=\"{width:.1}\" height=\"{:.1}\"/>", LINE - 8.0);
        for &mark in &bar.marks {
            let (x, y) = (LEFT + long(mark), y + LINE / 2.0);
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>");
        }
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{text:.1}\">{label}</text>", LEFT + end + 8.0);
    }
    out.push_str("</svg></figure>\n");
}

/// A, B, to Z, then numbers.
fn letter(i: usize) -> String {
    match u8::try_from(i) {
        Ok(i @ 0..26) => char::from(b'A' + i).to_string(),
        _ => (i + 1).to_string(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: f64) -> Option<Bar> {
        Some(Bar { value, label: format!("{value}"), marks: vec![value / 2.0] })
    }

    fn page(bars: Vec<Option<Bar>>, top: Option<f64>) -> String {
        let chart = Chart { title: "speed <of> \"it\"".into(), top, bars };
        let section = Section { title: "All & more".into(), charts: vec![chart] };
        let runs = vec!["<script>alert(1)</script>".into(), "b".into(), "c".into()];
        html(&Page { title: "t".into(), lead: "l".into(), runs, sections: vec![section] })
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let drawn = page(vec![bar(10.0), None, bar(5.0)], None);
        assert!(drawn.contains("width=\"300.0\"") && drawn.contains("width=\"150.0\""), "{drawn}");
        assert_eq!((drawn.matches("<rect").count(), drawn.matches("<circle").count()), (2, 2));
        assert!(drawn.contains(">C</text>"), "the third keeps its letter: {drawn}");
        assert!(page(vec![bar(0.5)], Some(1.0)).contains("width=\"150.0\""));
        for odd in [f64::NAN, f64::INFINITY, -1.0, 0.0] {
            assert!(page(vec![bar(odd)], None).contains("width=\"0.0\""), "{odd}");
        }
    }

    #[test]
    fn texts_of_others_stay_texts_and_nothing_is_fetched() {
        let drawn = page(vec![bar(1.0)], None);
        assert!(!drawn.contains("<script") && drawn.contains("&lt;script&gt;") && drawn.contains("&quot;it&quot;"));
        for outside in ["http:", "https:", "//", "@import", "url("] {
            assert!(!drawn.contains(outside), "{outside}");
        }
    }
}
