//! Cuts a sentence that is too long for a network into parts that fit, at the best places that there are.
//!
//! Best after a semicolon or colon, then after a comma or at a dash, then at a blank, and inside a word only when nothing
//! else is there. What is "too long" the caller measures. Not here: cutting text into sentences (`intake`).

use super::Output;

/// The parts of several sentences, which go through a network together.
pub(super) struct Parts<'a>(Vec<Vec<&'a str>>);

impl<'a> Parts<'a> {
    /// Cuts each sentence into parts that `fits` accepts.
    pub(super) fn new(sentences: &'a [String], fits: &dyn Fn(&str) -> bool) -> Self {
        Self(sentences.iter().map(|text| parts(text, fits)).collect())
    }

    /// All of them, in order.
    pub(super) fn all(&self) -> Vec<&'a str> {
        self.0.concat()
    }

    /// Those of each sentence.
    pub(super) fn each(&self) -> &[Vec<&'a str>] {
        &self.0
    }

    /// The translations of all of them as one for each sentence.
    pub(super) fn join(&self, translated: Vec<String>) -> Vec<Output> {
        let mut translated = translated.into_iter();
        let whole = |parts: &Vec<&str>| translated.by_ref().take(parts.len()).collect::<Vec<_>>().join(" ");
        self.0.iter().map(whole).map(Output::from).collect()
    }
}

/// Cuts `text` into parts that `fits` accepts; together they are the text without the blanks between them. A part of one
/// character is always accepted.
fn parts<'a>(text: &'a str, fits: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let mut done = Vec::new();
    let mut waiting = vec![text.trim()];
    while let Some(part) = waiting.pop() {
        match middle(part) {
            Some(at) if !fits(part) => {
                let (left, right) = part.split_at(at);
                waiting.extend([right.trim_start(), left.trim_end()]);
            }
            _ if part.is_empty() => {}
            _ => done.push(part),
        }
    }
    done
}

/// The best place to cut near the middle; `None` when there is only one character.
fn middle(text: &str) -> Option<usize> {
    let half = text.len() / 2;
    let nearest = |grade: fn(char) -> bool, follows: fn(&str) -> bool| {
        let places = text.char_indices().filter(|&(_, c)| grade(c)).map(|(at, c)| at + c.len_utf8());
        let fair = places.filter(|&at| at > text.len() / 8 && at < text.len() - text.len() / 8 && follows(&text[at..]));
        fair.min_by_key(|at| at.abs_diff(half))
    };
    let blank = |rest: &str| rest.starts_with(char::is_whitespace);
    let anything = |_: &str| true;
    nearest(|c| matches!(c, ';' | ':'), blank)
        .or_else(|| nearest(|c| matches!(c, ',' | '—' | '–' | ')'), blank))
        .or_else(|| nearest(char::is_whitespace, anything))
        .or_else(|| Some(text.ceil_char_boundary(half.max(1))).filter(|&at| at < text.len()))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn cuts_are_where_a_reader_would_pause() {
        let short = |text: &str| text.len() <= 40;
        let text = "The mayor spoke for an hour, the council listened; nobody asked a question";
        assert_eq!(
            parts(text, &short),
            ["The mayor spoke for an hour,", "the council listened;", "nobody asked a question"]
        );
        assert_eq!(parts("short", &short), ["short"]);
        assert!(parts("  ", &short).is_empty());
    }

    #[test]
    fn every_text_comes_to_an_end() {
        let nothing = |_: &str| false;
        assert_eq!(parts("сло во", &nothing), ["с", "л", "о", "в", "о"]);
        let long = "а".repeat(5000);
        assert!(parts(&long, &|text| text.len() <= 100).iter().all(|part| part.len() <= 100));
    }
}
