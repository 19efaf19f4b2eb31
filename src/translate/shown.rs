//! The text of HTML as a browser shows it, and which bytes of the source each stretch of it was.
//!
//! A reader is shown `&lt;` as `<` and ten blanks as one, and so is a translator. What a program reads inside the text,
//! `{% if n > 1 %}`, has to come back with the very bytes that it had, so their place is kept. Not here: tags (`html`).

use std::ops::Range;

use html5gum::{Token, Tokenizer};

/// What HTML takes for a blank.
pub(super) const BLANKS: [char; 5] = [' ', '\n', '\r', '\t', '\u{c}'];
/// Bytes of the longest name of a character.
const LONGEST_NAME: usize = 40;

/// A text as it is shown.
pub(super) struct Shown<'a> {
    pub(super) text: String,
    source: &'a str,
    /// Bytes of the text and of its source from which on both go on alike, in order; empty when that is not known.
    steps: Vec<(usize, usize)>,
}

impl<'a> Shown<'a> {
    /// The text of `source`, which was decoded as this.
    pub(super) fn of(decoded: &str, source: &'a str) -> Self {
        let text = folded(decoded);
        let mut shown = Self { text: String::with_capacity(source.len()), source, steps: vec![(0, 0)] };
        let mut at = 0;
        while let Some((piece, length)) = piece(&source[at..]) {
            for c in piece.chars() {
                shown.push(c, at);
            }
            at += length;
        }
        let steps = if shown.text == text { shown.steps } else { Vec::new() };
        Self { text, source, steps }
    }

    fn push(&mut self, c: char, at: usize) {
        let blank = BLANKS.contains(&c);
        if blank && self.text.ends_with(' ') {
            return;
        }
        let step = (self.text.len(), at);
        let goes_on = self.steps.last().is_some_and(|last| step.0 - last.0 == at.saturating_sub(last.1));
        if !goes_on {
            self.steps.push(step);
        }
        self.text.push(if blank { ' ' } else { c });
    }

    /// The source of a stretch of the text.
    pub(super) fn source_of(&self, range: Range<usize>) -> Option<&'a str> {
        self.source.get(self.place(range.start)?..self.end(range.end)?)
    }

    /// The byte of the source that a byte of the text was.
    fn place(&self, at: usize) -> Option<usize> {
        let next = self.steps.partition_point(|step| step.0 <= at);
        let (own, source) = self.steps.get(next.checked_sub(1)?)?;
        Some(source + at - own)
    }

    /// The byte of the source behind a stretch that ends before this byte of the text.
    fn end(&self, at: usize) -> Option<usize> {
        if at >= self.text.len() { Some(self.source.trim_end_matches(BLANKS).len()) } else { self.place(at) }
    }
}

/// What the source begins with is shown as, and its bytes.
fn piece(source: &str) -> Option<(String, usize)> {
    let c = source.chars().next()?;
    match c {
        '&' => {
            let window = &source.as_bytes()[1..source.len().min(LONGEST_NAME)];
            let name = window.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
            let length = 1 + name + usize::from(source[1 + name..].starts_with(';'));
            Some((decoded(&source[..length]), length))
        }
        '\r' => Some(("\n".to_owned(), if source.starts_with("\r\n") { 2 } else { 1 })),
        c => Some((c.to_string(), c.len_utf8())),
    }
}

/// The characters that a reference to one stands for.
fn decoded(reference: &str) -> String {
    let texts = Tokenizer::new(reference).filter_map(|token| match token {
        Ok(Token::String(text)) => Some(String::from_utf8_lossy(&text.value).into_owned()),
        _ => None,
    });
    texts.collect()
}

/// Blanks and line breaks as one blank, as a browser shows them.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match BLANKS.contains(&c) {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_has_the_bytes_of_its_source() {
        for (decoded, source, stretch, wanted) in [
            ("a {x > 1} b", "a {x > 1} b", "{x > 1}", "{x > 1}"),
            ("a & {x > 1}", "a &amp; {x &gt; 1}", "{x > 1}", "{x &gt; 1}"),
            ("a &\n {x\n  > 1}. b", "a &amp;\r\n {x\r\n  > 1}. b", "{x > 1}", "{x\r\n  > 1}"),
            ("¬it ©=1 {y}", "&notit &copy=1 {y}", "{y}", "{y}"),
            ("ось {y}\u{a0}там", "ось {y}&nbsp;там", "{y}", "{y}"),
            ("a {x}  \n", "a {x}  \n", "{x}", "{x}"),
            ("a {x} ", "a {x} ", "{x} ", "{x}"),
        ] {
            let shown = Shown::of(decoded, source);
            let at = shown.text.find(stretch).unwrap();
            assert_eq!(shown.source_of(at..at + stretch.len()), Some(wanted), "{source}");
        }
        let other = Shown::of("what was decoded", "is no &amp; of this");
        assert_eq!((other.text.as_str(), other.source_of(0..4)), ("what was decoded", None));
    }
}
