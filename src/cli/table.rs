//! Columns of text that fit a width, for a terminal.
//!
//! Widths are those that a terminal shows (Unicode Standard Annex 11, by textwrap), so Cyrillic and combining marks stay
//! aligned. A cell is broken at its own width; a word that is wider than its column is cut where the column ends.

/// Blanks between columns.
const GAP: usize = 2;
/// Narrower columns than this break every other word.
const NARROWEST: usize = 16;

/// A table: a label and as many cells as there are columns in each row.
pub(super) struct Table {
    /// Names of the columns.
    pub(super) head: Vec<String>,
    /// Rows. Line breaks in a cell stay.
    pub(super) rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// The table within `width` columns of a terminal; the cells one below another where side by side there is no room.
    pub(super) fn fit(&self, width: usize) -> String {
        let label = self.rows.iter().map(|(label, _)| shown(label)).max().unwrap_or(0);
        let columns = self.head.len().max(1);
        let column = width.saturating_sub(label + GAP * columns) / columns;
        if column < NARROWEST { self.stacked(width) } else { self.side_by_side(label, column) }
    }

    fn side_by_side(&self, label: usize, column: usize) -> String {
        let mut out = line(("", label), &self.head, column);
        for (name, cells) in &self.rows {
            let broken: Vec<Vec<String>> = cells.iter().map(|cell| broken(cell, column)).collect();
            out.push('\n');
            for i in 0..broken.iter().map(Vec::len).max().unwrap_or(0).max(1) {
                let cells: Vec<String> = broken.iter().map(|lines| lines.get(i).cloned().unwrap_or_default()).collect();
                out.push_str(&line((if i == 0 { name } else { "" }, label), &cells, column));
            }
        }
        out
    }

    fn stacked(&self, width: usize) -> String {
        let mut out = String::new();
        for (name, cells) in &self.rows {
            out.push_str(&format!("{name}\n"));
            for (head, cell) in self.head.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                for text in broken(&format!("{head}: {cell}"), width.saturating_sub(GAP).max(1)) {
                    out.push_str(&format!("{:GAP$}{text}\n", ""));
                }
            }
        }
        out
    }
}

fn shown(text: &str) -> usize {
    textwrap::core::display_width(text)
}

fn broken(cell: &str, width: usize) -> Vec<String> {
    textwrap::wrap(cell, width).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// One line: the label, then the cells, each but the last filled up with blanks.
fn line(label: (&str, usize), cells: &[String], column: usize) -> String {
    let widths = std::iter::once(label).chain(cells.iter().map(|cell| (cell.as_str(), column)));
    let padded = widths.map(|(text, width)| format!("{text}{}", " ".repeat(width.saturating_sub(shown(text)))));
    let line = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
    format!("{}\n", line.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let text = |text: &str| text.to_owned();
        Table {
            head: vec![text("English"), text("Українська")],
            rows: vec![
                (text("[3]"), vec![text("A number 7 bus crossed the bridge."), text("Міст перетнув автобус № 7.")]),
                (text("[12]"), vec![text(""), text("Судно́ втратило хід під час шторму.\n! a finding")]),
            ],
        }
    }

    #[test]
    fn columns_stand_under_each_other_in_any_script() {
        let out = table().fit(50);
        assert!(out.lines().all(|line| shown(line) <= 50), "{out}");
        let second = out.lines().next().unwrap().find("Українська").unwrap();
        for (i, line) in out.lines().enumerate().filter(|(_, line)| shown(line) > second) {
            let before: String = line.chars().take(second).collect();
            assert!(before.ends_with("  "), "line {i} {line:?}");
        }
        assert!(out.contains("! a finding") && out.contains("[12]"), "{out}");
    }

    #[test]
    fn cells_are_stacked_where_there_is_no_room() {
        let out = table().fit(30);
        assert!(out.lines().all(|line| shown(line) <= 30), "{out}");
        assert!(out.starts_with("[3]\n  English: A number"), "{out}");
        assert_eq!(out.matches("English:").count(), 1, "an empty cell is left out: {out}");
        assert!(!table().fit(0).is_empty());
    }
}
