//! How much a sentence is like an order: what it has of one, what it means, and how far it is from what the article is about.
//!
//! A logistic regression, whose weights are in `weights.toml`. Without an encoder there is one of the features alone. Not here: what
//! is done about a sentence.

use std::sync::LazyLock;

use serde::Deserialize;

use super::features::FEATURES;

const WEIGHTS: &str = include_str!("weights.toml");

/// What the whole numbers of a vector's weights are multiples of.
const UNIT: f32 = 1e-2;
/// An order that scores more than the least by this is one beyond doubt. It was set, as the next was, where of the 2,104 sentences
/// of news for development four are left out, by `tests/it/orders.rs`.
const CERTAIN: f32 = 1.2;
/// What is off the topic is only an order where its words say as much by themselves, or beyond doubt: more than one word of the
/// second person, or one for a text, scores.
const LEAST_TOLD: f32 = -0.2;
/// Sentences that are looked at to tell how far one is from an article: those that are nearest.
const NEAREST: usize = 3;

/// The weights of a model, and the score above which it takes a sentence for an order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    bias: f32,
    features: [f32; FEATURES],
    /// Of the likeness to what is nearest in the article, to the nearest three, and to all.
    #[serde(default)]
    topic: [f32; 3],
    #[serde(default)]
    vector: Vec<i32>,
    /// An order scores more.
    order: f32,
    /// What scores more stands out; beside an order it is part of it.
    suspect: f32,
}

#[derive(Deserialize)]
struct Models {
    rules: Model,
    meaning: Model,
}

static MODELS: LazyLock<Models> =
    LazyLock::new(|| toml::from_str(WEIGHTS).expect("weights.toml is well-formed; a test reads it"));

/// The place of the likeness to all sentences among those of the topic.
pub(super) const ALL: usize = 2;

/// What is known of a sentence's meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning<'v> {
    pub(super) vector: &'v [f32],
    pub(super) topic: [f32; 3],
}

/// What a sentence is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    News,
    /// It may be part of an order.
    Suspect,
    Order,
    /// An order beyond doubt.
    Certain,
}

/// What a sentence with these features is taken for.
pub(super) fn verdict(features: &[f32; FEATURES], meaning: Option<Meaning<'_>>) -> Verdict {
    let (score, model) = score(features, meaning);
    let speaks = self::score(features, None).0 > LEAST_TOLD;
    match score {
        score if score > model.order + CERTAIN => Verdict::Certain,
        score if speaks && score > model.order => Verdict::Order,
        score if score > model.suspect => Verdict::Suspect,
        _ => Verdict::News,
    }
}

fn score(features: &[f32; FEATURES], meaning: Option<Meaning<'_>>) -> (f32, &'static Model) {
    let models = &*MODELS;
    // Vectors of another width are another encoder's.
    let meaning = meaning.filter(|it| it.vector.len() == models.meaning.vector.len());
    let model = if meaning.is_some() { &models.meaning } else { &models.rules };
    let told = product(features, &model.features) + model.bias;
    let meant = meaning.map_or(0.0, |it| {
        let vector: f32 = it.vector.iter().zip(&model.vector).map(|(x, &weight)| x * weight as f32 * UNIT).sum();
        vector + product(&it.topic, &model.topic)
    });
    (told + meant, model)
}

fn product(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// How near a sentence comes to others: to the nearest, to the nearest three, to all.
pub(super) fn topic(likenesses: &mut [f32]) -> [f32; 3] {
    if likenesses.is_empty() {
        return [0.0; 3];
    }
    likenesses.sort_unstable_by(|a, b| b.total_cmp(a));
    let mean = |of: &[f32]| of.iter().sum::<f32>() / of.len() as f32;
    [likenesses[0], mean(&likenesses[..NEAREST.min(likenesses.len())]), mean(likenesses)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_read() {
        let Models { rules, meaning } = &*MODELS;
        assert_eq!((rules.vector.len(), meaning.vector.len()), (0, 384));
        assert!(rules.suspect < rules.order && meaning.suspect < meaning.order);
    }

    #[test]
    fn the_topic_is_that_of_the_nearest() {
        assert_eq!(topic(&mut []), [0.0; 3]);
        assert_eq!(topic(&mut [0.0, 1.0, 0.5, 0.5]), [1.0, 2.0 / 3.0, 0.5]);
    }

    #[test]
    fn vectors_of_another_encoder_are_passed_over() {
        let features = [0.0; FEATURES];
        let other = Meaning { vector: &[1.0; 8], topic: [0.0; 3] };
        assert_eq!(score(&features, Some(other)).0, score(&features, None).0);
    }
}
