//! ROUGE-L: the longest common subsequence of words of a summary and a reference.
//!
//! Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), at the level of the whole text, as the balanced
//! F-score. Words are runs of letters and digits of any script, in lower case, with apostrophes inside (п'ять, don't).
//! Google's `rouge_score` cannot be compared with: its tokenizer drops everything but a-z and 0-9, so that Cyrillic texts
//! have no words at all and score 0 even against themselves. Nothing is stemmed, so a case ending costs a word; chrF is
//! kinder to Ukrainian and Russian, and neither says whether a summary is true.

/// The F-score of the longest common subsequence, from 0 to 100; 0 when either text has no words.
///
/// Time grows with the product of the two lengths: one side is an answer, whose length is bounded.
pub fn rouge_l(text: &str, reference: &str) -> f64 {
    let (text, reference) = (words(text), words(reference));
    let common = longest_common(&text, &reference) as f64;
    let words = text.len() + reference.len();
    if words == 0 { 0.0 } else { 100.0 * 2.0 * common / words as f64 }
}

fn longest_common(a: &[String], b: &[String]) -> usize {
    let mut best = vec![0; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for (i, other) in b.iter().enumerate() {
            let above = best[i + 1];
            best[i + 1] = if word == other { diagonal + 1 } else { above.max(best[i]) };
            diagonal = above;
        }
    }
    best[b.len()]
}

fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace(['’', 'ʼ'], "'");
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '\u{301}');
    words.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_script_count() {
        for text in ["The bridge is open.", "Міст відкрито, п’ять років по тому.", "Мост открыт в 2024 году."]
        {
            assert_eq!(rouge_l(text, text), 100.0);
            assert_eq!(rouge_l(text, "completely other words"), 0.0);
        }
        assert_eq!(rouge_l("", ""), 0.0);
        assert_eq!(words("П’ять 'don't' — 3,5"), ["п'ять", "don't", "3", "5"]);
    }

    #[test]
    fn it_is_the_f_score_of_the_longest_common_subsequence() {
        // Lin's own example: `police the gunman` has two words in order, of three and four.
        assert!((rouge_l("police kill the gunman", "police killed the gunman") - 75.0).abs() < 1e-9);
        assert!((rouge_l("the gunman kill police", "police killed the gunman") - 50.0).abs() < 1e-9);
        assert!((rouge_l("міст", "міст знову відкрито") - 50.0).abs() < 1e-9);
    }
}
