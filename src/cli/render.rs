//! An answer for people: text for a terminal or a pipe, and Markdown.

use std::fmt::Write as _;
use std::io::IsTerminal;

use crate::answer::{Answer, Evidence, Finding, FindingKind, Summary, WarningCode};
use crate::config::Settings;
use crate::language::SentenceId;

/// The widest that text is set, however wide the terminal is: longer lines are hard to read.
const WIDEST: usize = 100;

/// What text is set on.
pub(super) struct Page {
    /// Columns; lines are not broken without it.
    width: Option<usize>,
    bold: bool,
}

impl Page {
    /// A terminal's width and type, or plain unbroken lines for a pipe or a file.
    pub(super) fn of_stdout(settings: &Settings) -> Self {
        let terminal = std::io::stdout().is_terminal();
        Self { width: terminal.then(|| textwrap::termwidth().min(WIDEST)), bold: terminal && settings.color }
    }

    /// A page as for a pipe.
    #[cfg(test)]
    pub(super) fn plain() -> Self {
        Self { width: None, bold: false }
    }

    /// Columns; those of a wide page where lines would not be broken.
    pub(super) fn columns(&self) -> usize {
        self.width.unwrap_or(WIDEST)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        if self.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Breaks a paragraph. The first line gets `first` in front, the others as many spaces.
    pub(super) fn wrap(&self, first: &str, text: &str) -> String {
        let indent = " ".repeat(textwrap::core::display_width(first));
        let Some(width) = self.width else { return format!("{first}{text}") };
        textwrap::fill(text, textwrap::Options::new(width).initial_indent(first).subsequent_indent(&indent))
    }
}

/// An answer as text.
pub(super) fn text(answer: &Answer, page: &Page) -> String {
    let mut out = String::new();
    for (i, summary) in answer.summaries.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "{}",
            page.bold(&format!("{}  {}", summary.language.code().to_uppercase(), summary.headline))
        );
        for warning in &summary.warnings {
            let _ = writeln!(out, "{}", page.wrap("    ! ", &warning.message));
        }
        if !summary.summary.is_empty() {
            let _ = writeln!(out, "\n{}\n", page.wrap("    ", &summary.summary));
        }
        let sources: Vec<String> = summary.key_facts.iter().map(|fact| sources(&fact.evidence)).collect();
        let widest = sources.iter().map(String::len).max().unwrap_or(0);
        for (fact, source) in summary.key_facts.iter().zip(sources) {
            let _ = writeln!(out, "{}", page.wrap(&format!("    {source:>widest$}  "), &fact.text));
            for finding in shown(&fact.findings) {
                let _ = writeln!(out, "{}", page.wrap(&format!("    {:widest$}  ! ", ""), &sentence(finding)));
            }
        }
        for finding in of_parts(summary) {
            let _ = writeln!(out, "{}", page.wrap("    ! ", &format!("{}: {}", finding.place, sentence(finding))));
        }
        for note in notes(summary) {
            let _ = writeln!(out, "{}", page.wrap("    ", &note));
        }
    }
    let _ = writeln!(out, "\n{}", page.wrap("", &colophon(answer)));
    out
}

/// An answer as Markdown.
pub(super) fn markdown(answer: &Answer) -> String {
    let mut out = String::new();
    for summary in &answer.summaries {
        let _ = writeln!(out, "## {}\n", escape(&summary.headline));
        for warning in &summary.warnings {
            let _ = writeln!(out, "**{}**\n", escape(&warning.message));
        }
        let _ = writeln!(out, "{}\n", escape(&summary.summary));
        for fact in &summary.key_facts {
            let _ = writeln!(out, "- {} {}", escape(&fact.text), escape(&sources(&fact.evidence)));
        }
        for finding in findings(summary) {
            let _ = writeln!(out, "- **{}**", escape(&sentence(finding)));
        }
        for note in notes(summary) {
            let _ = writeln!(out, "\n{note}");
        }
        out.push('\n');
    }
    let _ = writeln!(out, "*{}*", escape(&colophon(answer)));
    out
}

fn findings(summary: &Summary) -> impl Iterator<Item = &Finding> {
    of_parts(summary).chain(summary.key_facts.iter().flat_map(|fact| shown(&fact.findings)))
}

/// The findings that are of no fact. Where a language was not written, that parts of it are missing goes without saying.
fn of_parts(summary: &Summary) -> impl Iterator<Item = &Finding> {
    let is_written = summary.warnings.iter().all(|it| it.code != WarningCode::LanguageNotWritten);
    shown(&summary.findings).filter(move |it| is_written || it.kind != FindingKind::Truncated)
}

/// Those findings that a reader should see.
pub(super) fn shown(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(|finding| finding.kind.is_shown())
}

/// What is the article's own words, and how many facts are not shown because they did not hold.
fn notes(summary: &Summary) -> impl Iterator<Item = String> {
    let quoted: Vec<String> = summary.quoted.iter().map(ToString::to_string).collect();
    let quoted = (!quoted.is_empty()).then(|| format!("quoted from the article: {}", quoted.join(", ")));
    let dropped = match summary.dropped {
        0 => None,
        1 => Some("1 fact left out: it did not hold".to_owned()),
        many => Some(format!("{many} facts left out: they did not hold")),
    };
    quoted.into_iter().chain(dropped)
}

/// The sentences that a fact comes from: `[3, 4]`.
pub(super) fn sources(evidence: &[Evidence]) -> String {
    cited(evidence.iter().map(|evidence| evidence.sentence))
}

/// Numbers of sentences: `[3, 4]`.
pub(super) fn cited(numbers: impl Iterator<Item = SentenceId>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    if numbers.is_empty() { "[?]".to_owned() } else { format!("[{}]", numbers.join(", ")) }
}

/// A finding in words.
pub(super) fn sentence(finding: &Finding) -> String {
    let mut said = finding.kind.to_string();
    if !finding.value.is_empty() {
        let _ = write!(said, ": {}", finding.value);
    }
    if let Some(instead) = &finding.instead {
        let _ = write!(said, "; the article has {instead}");
    }
    said
}

pub(super) fn colophon(answer: &Answer) -> String {
    let source = &answer.source;
    let seconds = answer.timings.total_ms as f64 / 1000.0;
    format!(
        "{} sentences read ({}), {} characters of the page left out; written by {} in {seconds:.1} s",
        source.sentences, source.language, source.removed_characters, answer.model.name
    )
}

/// Marks that mean something in Markdown lose their meaning.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_the_width_and_aligned() {
        let page = Page { width: Some(24), bold: false };
        let lines = page.wrap("  [3]  ", "Генерала звільнили з посади командувача.");
        assert_eq!(lines, "  [3]  Генерала\n       звільнили\n       з посади\n       командувача.");
        assert!(lines.lines().all(|line| textwrap::core::display_width(line) <= 24));
        let plain = Page { width: None, bold: false };
        assert_eq!(plain.wrap("  ", &"word ".repeat(50)).lines().count(), 1);
        assert_eq!(plain.bold("x"), "x");
    }

    #[test]
    fn markdown_shows_text_as_it_is() {
        assert_eq!(escape("[1] *a*_b_ <i>"), "\\[1\\] \\*a\\*\\_b\\_ \\<i\\>");
    }
}
