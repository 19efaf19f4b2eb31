//! What all vectors of a language have in common, taken away: it says which language a text is in, and not what it says.
//!
//! Numbers of this encoder lie close together, from 0.8 to 1, and pairs of languages lie apart; without the centre of its language
//! a text that says the same stands out more, and one threshold does for all pairs of languages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::language::Language;

/// What the numbers of the file are multiples of.
const UNIT: f32 = 1e-4;

static CENTRES: LazyLock<BTreeMap<String, Vec<f32>>> = LazyLock::new(|| {
    let text = include_str!("centres.toml");
    let table: BTreeMap<String, Vec<i32>> = toml::from_str(text).expect("the table is built in and a test reads it");
    let scaled = |(code, numbers): (String, Vec<i32>)| (code, numbers.into_iter().map(|n| n as f32 * UNIT).collect());
    table.into_iter().map(scaled).collect()
});

/// A vector without the centre of its language, of length one again. Vectors of another width are another encoder's, and
/// stay as they are.
pub(super) fn centred(mut vector: Vec<f32>, language: Language) -> Vec<f32> {
    let Some(centre) = CENTRES.get(language.code()).filter(|centre| centre.len() == vector.len()) else {
        return vector;
    };
    vector.iter_mut().zip(centre).for_each(|(x, centre)| *x -= centre);
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_centre() {
        for language in Language::ALL {
            let mut vector = vec![0.0; 384];
            vector[0] = 1.0;
            let moved = centred(vector.clone(), language);
            assert!(moved != vector && (moved.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-5);
        }
        assert_eq!(centred(vec![1.0], Language::En), [1.0]);
    }
}
