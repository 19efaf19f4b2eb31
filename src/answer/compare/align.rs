//! Which facts of several languages are the same fact.
//!
//! Competitive linking (Melamed, "Models of Translational Equivalence among Words", Computational Linguistics 26(2), 2000):
//! all pairs of facts of two languages are ranked, and from the best down a pair is linked when that leaves each row with at
//! most one fact of each language. Melamed links words of two languages; with three, a link joins two rows. It is greedy,
//! and it is what a reader does: whoever shares a sentence and a number goes together first, and what is left over shares
//! the sentence alone. An optimal assignment would give up a sure pair for two doubtful ones.
//!
//! The rank of a pair is `J + A / 2`. J is the Jaccard index of the sentences that the two cite, so a fact that cites several
//! goes to the one that cites the same several; A is the share of their numbers and names that they have in common, so it
//! tells apart facts that cite one sentence. Equal ranks go to the pair whose facts stand at the more similar places of
//! their lists. Facts that share no sentence are still one fact when they agree in more than half of their marks and one
//! of these is a number that no other fact of the two languages has.

use super::claim::Claim;

/// Marks in common before two facts without a common sentence may be one.
const AGREEMENT: f64 = 0.5;

/// Rows of places in `claims`. Every claim is in one row, and no row has two claims of a language. Rows stand in the order
/// of their first fact.
pub(super) fn rows(claims: &[Claim]) -> Vec<Vec<usize>> {
    let mut rows: Vec<Vec<usize>> = (0..claims.len()).map(|place| vec![place]).collect();
    for (a, b) in ranked(claims) {
        let row_of = |claim| rows.iter().position(|row| row.contains(&claim)).expect("every claim is in a row");
        let (into, from) = (row_of(a), row_of(b));
        let language = |&place: &usize| claims[place].language;
        // A row clashes with itself, too.
        if !rows[into].iter().any(|one| rows[from].iter().any(|other| language(one) == language(other))) {
            let joined = std::mem::take(&mut rows[from]);
            rows[into].extend(joined);
        }
    }
    rows.retain(|row| !row.is_empty());
    rows.iter_mut().for_each(|row| row.sort_unstable());
    rows.sort_by_key(|row| row.iter().map(|&i| (claims[i].index, claims[i].language)).min());
    rows
}

/// The pairs that may be linked, the best first. At most a few hundred: a summary has no more than twelve facts.
fn ranked(claims: &[Claim]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (a, one) in claims.iter().enumerate() {
        for (b, other) in claims.iter().enumerate().skip(a + 1).filter(|(_, other)| other.language != one.language) {
            let common = one.sentences.intersection(&other.sentences).count();
            let agreement = one.agreement(other).unwrap_or(0.0);
            if common > 0 || (agreement > AGREEMENT && share_a_telling_number(one, other, claims)) {
                let all = one.sentences.union(&other.sentences).count();
                let rank = common as f64 / all.max(1) as f64 + agreement / 2.0;
                pairs.push((rank, one.index.abs_diff(other.index), (a, b)));
            }
        }
    }
    // A stable sort, so that equal pairs stay in the order of the summaries.
    pairs.sort_by(|(a, far, _), (b, farther, _)| b.total_cmp(a).then(far.cmp(farther)));
    pairs.into_iter().map(|(_, _, pair)| pair).collect()
}

/// True when both have a number that no other fact of their languages has.
fn share_a_telling_number(one: &Claim, other: &Claim, claims: &[Claim]) -> bool {
    let same = |a: &Claim, b: &Claim| (a.language, a.index) == (b.language, b.index);
    one.numbers.digits.iter().filter(|number| other.numbers.has(number)).any(|number| {
        let rivals = claims.iter().filter(|it| it.language == one.language || it.language == other.language);
        !rivals.filter(|it| !same(it, one) && !same(it, other)).any(|it| it.numbers.has(number))
    })
}
