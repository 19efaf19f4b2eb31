//! Rows of tables: cells that hold one short text each become one line, and other cells are layout and come apart.
//!
//! Old pages are laid out with tables, so a table alone proves nothing. Tables stand inside cells of tables, to a depth that
//! is bounded here.

use super::flatten::Piece;

/// Tables inside tables that are told apart.
const DEEPEST: usize = 32;

/// The longest text of a cell in a row that becomes one line, in bytes.
const LONGEST_CELL: usize = 300;

/// The pieces so far, and the rows of the tables that are open.
#[derive(Debug, Default)]
pub(super) struct Rows {
    done: Vec<Piece>,
    /// The row that is being read in each open table: its cells, and the pieces of each.
    tables: Vec<Vec<Vec<Piece>>>,
    deeper: usize,
}

impl Rows {
    pub(super) fn open(&mut self) {
        if self.tables.len() < DEEPEST {
            self.tables.push(Vec::new());
        } else {
            self.deeper += 1;
        }
    }

    pub(super) fn next_cell(&mut self) {
        if self.deeper == 0
            && let Some(row) = self.tables.last_mut()
        {
            row.push(Vec::new());
        }
    }

    /// Ends the row of the innermost table.
    pub(super) fn end_row(&mut self) {
        if self.deeper > 0 {
            return;
        }
        let Some(row) = self.tables.last_mut().map(std::mem::take) else { return };
        let pieces = match line(&row) {
            Some(line) => vec![line],
            None => row.into_iter().flatten().collect(),
        };
        let outer = self.tables.len().checked_sub(2).and_then(|at| self.tables[at].last_mut());
        outer.unwrap_or(&mut self.done).extend(pieces);
    }

    pub(super) fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        self.end_row();
        self.tables.pop();
    }

    pub(super) fn push(&mut self, piece: Piece) {
        let cell = self.tables.last_mut().and_then(|row| row.last_mut());
        cell.unwrap_or(&mut self.done).push(piece);
    }

    pub(super) fn finish(mut self) -> Vec<Piece> {
        self.deeper = 0;
        while !self.tables.is_empty() {
            self.close();
        }
        self.done
    }
}

/// The row as one line, `| 2021 | 5 |`, if it is a row of data.
fn line(row: &[Vec<Piece>]) -> Option<Piece> {
    let single = |cell: &Vec<Piece>| {
        cell.len() <= 1
            && cell.iter().all(|piece| piece.text.len() <= LONGEST_CELL && !piece.text.trim().contains('\n'))
    };
    let filled = row.iter().filter(|cell| !cell.is_empty()).count();
    if filled < 2 || !row.iter().all(single) {
        return None;
    }
    let mut line = Piece { text: "|".to_owned(), ..Piece::default() };
    for cell in row {
        for piece in cell {
            line.text.push(' ');
            line.text.push_str(&piece.text.trim().replace('|', "/"));
            line.linked += piece.linked;
            line.mark = line.mark.or(piece.mark);
        }
        line.text.push_str(" |");
    }
    (!line.is_links()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece { text: text.to_owned(), ..Piece::default() }
    }

    #[test]
    fn data_becomes_lines_and_layout_comes_apart() {
        let mut rows = Rows::default();
        rows.open();
        for texts in [&["Year", "Sales"][..], &["2021", "5"], &["Menu", "One paragraph.\nAnother."]] {
            rows.end_row();
            for text in texts {
                rows.next_cell();
                rows.push(piece(text));
            }
        }
        rows.close();
        rows.push(piece("After."));
        let texts: Vec<String> = rows.finish().into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["| Year | Sales |", "| 2021 | 5 |", "Menu", "One paragraph.\nAnother.", "After."]);
    }

    #[test]
    fn tables_without_end_keep_their_text() {
        let mut rows = Rows::default();
        for number in 0..100 {
            rows.open();
            rows.end_row();
            rows.next_cell();
            rows.push(piece(&number.to_string()));
        }
        assert_eq!(rows.finish().len(), 100);
    }
}
