//! Knows appeals: long blocks in which the site speaks to its reader about money, cookies, newsletters or reprinting.
//!
//! News prose hardly ever says "you" or "our" outside quotations, so two cues of one family and such a word together
//! tell an appeal from an article about donations. Short labels are in `furniture`.

use super::Reason;
use super::block::Block;
use super::phrases::{FURNITURE, has};

/// Longest appeal in characters. Nothing longer is furniture by its words.
const LONGEST_APPEAL: usize = 2500;

/// A plea or a notice: several cues of one family, and words to the reader outside quotations.
pub(super) fn reason(block: &Block) -> Option<Reason> {
    if block.chars > LONGEST_APPEAL || !block.is_prose() {
        return None;
    }
    let spoken = without_quotations(&block.key);
    let count = |list: &[String]| list.iter().filter(|cue| spoken.contains(cue.as_str())).count();
    if count(&FURNITURE.reprint_cues) >= 2 {
        return Some(Reason::Copyright);
    }
    // A long plea says "you" and "our" all the time, a short one once.
    if addressed(&spoken) < 1 + block.chars / 200 {
        return None;
    }
    let needed = if block.chars > 1000 { 3 } else { 2 };
    let phrases = FURNITURE.cues.iter().find(|phrases| count(&phrases.list) >= needed)?;
    Some(phrases.reason)
}

/// True when a block speaks to the reader, or as the editors, outside quotations.
pub(super) fn is_addressed(block: &Block) -> bool {
    addressed(&without_quotations(&block.key)) > 0
}

/// How many words speak to the reader or as the editors.
fn addressed(spoken: &str) -> usize {
    spoken.split(|c: char| !c.is_alphabetic()).filter(|word| has(&FURNITURE.address, word)).count()
}

/// The text with everything between quotation marks left out. An unclosed mark hides nothing.
fn without_quotations(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut rest = key;
    while let Some((before, inside)) = rest.split_once(['«', '“', '„', '"']) {
        out.push_str(before);
        rest = inside.split_once(['»', '”', '"']).map_or(inside, |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_do_not_speak_to_the_reader() {
        let cases = [
            ("please help «наш» and “your” now", 1),
            ("an unclosed « hides nothing of our text", 1),
            ("\"you\" \"we\" them", 0),
        ];
        for (text, count) in cases {
            assert_eq!(addressed(&without_quotations(text)), count, "{text}");
        }
    }
}
