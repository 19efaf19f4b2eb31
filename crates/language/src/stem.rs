//! What is left of a word when its endings are taken away, enough to see that two forms are one word.
//!
//! Not a stemmer in the linguist's sense: the beginning of a word, longer for longer words, with the vowels that
//! Ukrainian changes inside a word made equal (Київ, Києва; Львів, Львова). Wrong merges are rare and cost little, because
//! sentences are compared by many words.

/// The beginning that the forms of a folded word have in common.
pub(super) fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let is_latin = word.starts_with(|c: char| c.is_ascii());
    let letters: Vec<char> = if is_latin {
        let short = word.strip_suffix("es").or_else(|| word.strip_suffix('s')).filter(|rest| rest.len() >= 3);
        short.unwrap_or(word).chars().collect()
    } else {
        let level = |c| match c {
            'і' => 'о',
            'ї' | 'є' => 'е',
            c => c,
        };
        word.trim_end_matches(['а', 'е', 'и', 'і', 'о', 'у', 'ю', 'я', 'ы', 'й', 'ь', 'є', 'ї'])
            .chars()
            .map(level)
            .collect()
    };
    let kept = match letters.len() {
        0 => return word.to_owned(),
        1..=4 => letters.len(),
        5 | 6 => 4,
        7 | 8 => 5,
        _ => 6,
    };
    letters[..kept].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            &["київ", "києва", "києві"][..],
            &["львів", "львова"],
            &["харків", "харкова"],
            &["український", "українського"],
            &["president", "president's", "presidents"],
            &["проголосував", "проголосували"],
            &["рік", "року", "роки"],
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(forms[0]), "{form}");
            }
        }
        assert_ne!(stem("мост"), stem("море"));
        assert_eq!((stem("є").as_str(), stem("s").as_str(), stem("").as_str()), ("є", "s", ""));
    }
}
