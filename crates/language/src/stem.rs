//! What is left of a word when its endings are taken away, enough to see that two forms are one word.
//!
//! Not a stemmer in the linguist's sense: the beginning of a word, longer for longer words, with the vowels that
//! Ukrainian changes inside a word made equal (Київ, Києва; Львів, Львова). Wrong merges are rare and cost little, because
//! sentences are compared by many words.

use super::token::lists;

/// Words that say little about what a sentence says.
const FUNCTION: &str = "the a an of to in on at by for with from as and or but that this these those which who whom whose it its he \
    she they them his her their we our you your i is are was were be been being has have had will would can \
    could may might should do does did there then than also about after before over into out up more most such \
    so if when where while all any some other only just what how during between under through both each one і й \
    та в у на з із зі до від за по про що як це цей ця ці цього цьому який яка яке які якого яких якій його її \
    їх їхній він вона воно вони ми ви є був була було були буде будуть бути для при після перед під над між \
    через також але або чи щоб коли де тому тільки лише вже ще так то те той ті тих свій свою своїх своєї свого \
    більше може можуть років року рік однак якщо час и с со из к от о об что как это этот эта эти этого этом \
    который которая которое которые которого которых его ее их он она оно они мы вы был была было были будет \
    будут быть после под между также но а или ли чтобы когда где только уже еще тот тех свой своих своей своего \
    более может могут лет года год однако если время том тем не ни not";

/// English verbs of the past that do not end in -ed.
const PAST: &str = "became began bought brought broke built came caught chose did drew fell felt found fought gave got grew went held hit kept \
    knew led left lost made met paid ran rose saw said sold sent shot sank slept spent spoke stole stood struck took taught told thought \
    threw understood woke won wore wrote";

/// True for an English verb of the past. The word is folded.
pub fn is_past_verb(word: &str) -> bool {
    word.is_ascii() && ((word.len() > 4 && word.ends_with("ed")) || lists(PAST, word))
}

/// True for words that say little by themselves. The word is folded.
pub fn is_function_word(word: &str) -> bool {
    word.chars().count() == 1 || lists(FUNCTION, word)
}

/// The beginning that the forms of a folded word have in common.
pub fn stem(word: &str) -> String {
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
