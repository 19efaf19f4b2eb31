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

/// Endings of nouns and adjectives that forms of a name differ by, and suffixes of what is made of it.
const ENDINGS: &str = " а у і и е я ю ї є ь й о ом ем єм ою ею єю ам ах ами ів їв ой ей ы ов ев ям ях ями ию ії ью ія ии ия ією ией \
    ий ого ому им ім их ими ова ової ову овою ові еві єві овой евой ым ый ая ую ої ій яя ого ому на ної ну ною ний ной ина ині \
    ський ського ському ським ська ської ській ську ською ські ських ськими ский ского скому ским ская ской скую ское ские ских скими \
    щина щини щині щину щиною ець ця цю цем ці ц ок ек ка ку ки к ко ечко єць s es 's n an ian ese y e a i o";

/// True when two folded words of one alphabet can be forms of one name, or one is made of the other: their letters are the
/// same up to endings. Vowels inside may change, as in Київ and Києва.
pub fn is_form_of(one: &str, other: &str) -> bool {
    let level = |word: &str| -> Vec<char> {
        let same = |c| match c {
            'і' | 'ї' | 'є' | 'е' => 'о',
            'ц' | 'ч' => 'к',
            'з' | 'ж' => 'г',
            'с' | 'ш' => 'х',
            c => c,
        };
        word.trim_end_matches("'s").chars().map(same).collect()
    };
    let (one, other) = (level(one), level(other));
    let common = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let ends = |word: &[char], from: usize| {
        let rest: String = word[from..].iter().collect();
        let listed = |ending: &str| level(ending).into_iter().collect::<String>() == rest;
        rest.is_empty() || ENDINGS.split_whitespace().any(listed)
    };
    // A vowel that both words end their stem with may belong to the ending, and one may fall out: Палець, Пальця.
    (common.saturating_sub(2)..=common).any(|from| from >= 2 && ends(&one, from) && ends(&other, from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_name_differ_in_their_endings() {
        for (one, other) in [
            ("солод", "солода"),
            ("ремизова", "ремизовой"),
            ("київ", "києва"),
            ("вишневський", "вишневського"),
            ("тарту", "тартуский"),
            ("jordan", "jordan's"),
        ] {
            assert!(is_form_of(one, other) && is_form_of(other, one), "{one} {other}");
        }
        for (one, other) in
            [("солод", "солодуха"), ("прага", "праговка"), ("медітек", "метідек"), ("дельта", "дельфа"), ("", "а")]
        {
            assert!(!is_form_of(one, other), "{one} {other}");
        }
    }

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
