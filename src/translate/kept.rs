//! Finds again in a translation what had to stay, and says what is missing, too much or in another order.
//!
//! All surfaces are looked for at once (Aho and Corasick 1975), the longest first, so `{a}` is not found inside `{{a}}`, and
//! a thousand of them cost one pass. A surface that stood apart from letters is only found apart from letters: the `x` of a
//! formula is not that of "exit". Not here: what has to stay (`protect`, and the documents).

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::check::{Fault, FaultKind};
use super::protect;
use super::replace::{overlapping, replaced};

/// What stays of one text.
pub(super) struct Kept<'a> {
    source: &'a str,
    /// The parts that stay, in order and apart.
    ranges: &'a [Range<usize>],
    /// Each surface once.
    surfaces: Vec<Surface<'a>>,
    /// The number of the surface of each part.
    surface_of: Vec<usize>,
    matcher: Option<AhoCorasick>,
}

struct Surface<'a> {
    text: &'a str,
    /// Never inside a word.
    apart: bool,
}

/// A surface that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    surface: usize,
    range: Range<usize>,
}

impl<'a> Kept<'a> {
    /// The parts of `source` that stay, in order and apart. Empty ones are passed over.
    pub(super) fn new(source: &'a str, ranges: &'a [Range<usize>]) -> Self {
        let mut number_of: HashMap<&str, usize> = HashMap::new();
        let mut surfaces: Vec<Surface<'a>> = Vec::new();
        let mut surface_of = Vec::with_capacity(ranges.len());
        for range in ranges {
            let text = &source[range.clone()];
            let number = *number_of.entry(text).or_insert_with(|| {
                surfaces.push(Surface { text, apart: true });
                surfaces.len() - 1
            });
            surfaces[number].apart &= is_apart(source, range);
            surface_of.push(number);
        }
        let patterns = Some(surfaces.iter().map(|surface| surface.text)).filter(|_| !ranges.is_empty());
        // It fails for more patterns than a sentence has bytes; then nothing is found, which is a fault and no crash.
        let build = |patterns| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok();
        let matcher = patterns.and_then(build);
        Self { source, ranges, surfaces, surface_of, matcher }
    }

    fn find(&self, text: &str) -> Vec<Found> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        let found =
            matcher.find_iter(text).map(|found| Found { surface: found.pattern().as_usize(), range: found.range() });
        found
            .filter(|it| !it.range.is_empty() && (!self.surfaces[it.surface].apart || is_apart(text, &it.range)))
            .collect()
    }

    /// A text without the surfaces, with a blank for each.
    pub(super) fn without(&self, text: &str) -> String {
        replaced(text, self.places(text).into_iter().map(|range| (range, " ")))
    }

    /// Where the surfaces stand in a text, in order and apart.
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.find(text).into_iter().map(|found| found.range).collect()
    }

    /// The bytes of `target` that each part of the source is found at; `None` for one that is not there.
    pub(super) fn assigned(&self, target: &str) -> Vec<Option<Range<usize>>> {
        let mut places: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.surfaces.len()];
        for found in self.find(target) {
            places[found.surface].push(found.range);
        }
        // The same words may stand in the source without having to stay, so parts are told apart by their number there.
        let mut seen = vec![0; self.surfaces.len()];
        let mut rank_of: HashMap<usize, usize> = HashMap::new();
        for found in self.find(self.source) {
            rank_of.insert(found.range.start, seen[found.surface]);
            seen[found.surface] += 1;
        }
        let mut next = vec![0; self.surfaces.len()];
        let assigned = self.ranges.iter().zip(&self.surface_of).map(|(range, &surface)| {
            let complete = places[surface].len() == seen[surface];
            let rank = rank_of.get(&range.start).copied().filter(|_| complete).unwrap_or(next[surface]);
            next[surface] = rank + 1;
            places[surface].get(rank).cloned()
        });
        assigned.collect()
    }

    /// What does not come through as it should.
    pub(super) fn faults(&self, target: &str) -> Vec<Fault> {
        let (there, here) = (self.find(self.source), self.find(target));
        let count = |found: &[Found]| {
            found.iter().fold(vec![0_usize; self.surfaces.len()], |mut counts, found| {
                counts[found.surface] += 1;
                counts
            })
        };
        let (given, mut left) = (count(&there), count(&here));
        let mut faults = Vec::new();
        for (number, surface) in self.surfaces.iter().enumerate().filter(|(number, _)| left[*number] > given[*number]) {
            let more = left[number] - given[number].max(1);
            faults.extend((0..more).map(|_| Fault::new(FaultKind::Added, surface.text)));
        }
        for &surface in self.surface_of.iter() {
            match left[surface].checked_sub(1) {
                Some(rest) => left[surface] = rest,
                None => faults.push(Fault::new(FaultKind::Lost, self.surfaces[surface].text)),
            }
        }
        if faults.is_empty() {
            let ordered = |found: &&Found| protect::is_ordered(self.surfaces[found.surface].text);
            let pairs = there.iter().filter(ordered).zip(here.iter().filter(ordered));
            let moved = pairs.into_iter().find(|(one, other)| one.surface != other.surface);
            faults.extend(moved.map(|(one, _)| Fault::new(FaultKind::Moved, self.surfaces[one.surface].text)));
        }
        faults.extend(self.invented(target, &here));
        faults
    }

    /// What looks as if it had to stay, and nothing in the source does.
    fn invented(&self, target: &str, known: &[Found]) -> Vec<Fault> {
        let own: std::collections::HashSet<&str> =
            protect::spans(self.source).into_iter().map(|range| &self.source[range]).collect();
        let known: Vec<Range<usize>> = known.iter().map(|found| found.range.clone()).collect();
        let more = protect::spans(target).into_iter().filter(|range| overlapping(&known, range).is_none());
        // Square kilometres may be km² on one side only.
        let invented = |surface: &&str| !own.contains(surface) && !surface.contains(protect::is_raised);
        let surfaces = more.map(|range| &target[range]).filter(invented);
        surfaces.map(|surface| Fault::new(FaultKind::Added, surface)).collect()
    }
}

/// True when no letter or digit touches a range that begins or ends with one.
fn is_apart(text: &str, range: &Range<usize>) -> bool {
    let inner = &text[range.clone()];
    let touches = |inside: Option<char>, outside: Option<char>| {
        inside.is_some_and(char::is_alphanumeric) && outside.is_some_and(char::is_alphanumeric)
    };
    !touches(inner.chars().next(), text[..range.start].chars().next_back())
        && !touches(inner.chars().next_back(), text[range.end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str, target: &str) -> Vec<FaultKind> {
        let ranges = protect::spans(source);
        Kept::new(source, &ranges).faults(target).into_iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn what_is_missing_changed_doubled_or_moved_is_a_fault() {
        use FaultKind::{Added, Lost, Moved};
        assert_eq!(kinds("%s of %d for {name}", "для {name}: %s із %d"), []);
        assert_eq!(kinds("Hi {a} and {{a}}", "Вітаю {{a}} та {a}"), [], "what has a name may move");
        assert_eq!(kinds("Hi {a} and {{a}}", "Вітаю {{a}}"), [Lost]);
        assert_eq!(kinds("Due :day", "До :day, до :day"), [Added]);
        assert_eq!(kinds("%s of %d", "%d із %s"), [Moved]);
        assert_eq!(kinds("<g id=\"1\">A</g> b", "</g>А б<g id=\"1\">"), [Moved]);
        assert_eq!(kinds("%1 of %2", "%2 із %1"), [], "what has a number may move");
        assert_eq!(kinds("{{#if x}}A{{/if}} b", "{{/if}}А{{#if x}} б"), [Moved]);
        assert_eq!(kinds("{{#if x}}A{{else}}B{{/if}}", "{{#if x}}А{{/if}}Б{{else}}"), [Moved]);
        assert_eq!(kinds("{% if n > 1 %}A{% endif %} b", "б {% if n > 1 %}А{% endif %}"), []);
        assert_eq!(kinds("{% if n > 1 %}A{% endif %} b", "{% endif %}б {% if n > 1 %}А"), [Moved]);
        assert_eq!(kinds("Due :day", "До :дня"), [Lost]);
        assert_eq!(kinds("Due __day__", "До __days__"), [Lost, Added]);
        assert_eq!(kinds("Due today", "До {day} 👍"), [Added, Added]);
        assert_eq!(kinds("👍 or 👍", "👍"), [Lost]);
    }

    #[test]
    fn a_surface_inside_a_word_is_another() {
        let (source, target) = ("Set x to exit, then x", "Щоб вийти exit, дайте x і x");
        let ranges = [4..5, 20..21];
        let kept = Kept::new(source, &ranges);
        assert_eq!(kept.assigned("exit x"), [Some(5..6), None]);
        let found = kept.assigned(target);
        assert!(
            found.iter().all(|range| range.as_ref().is_some_and(|range| &target[range.clone()] == "x")),
            "{found:?}"
        );
        assert_ne!(found[0], found[1]);
        assert_eq!(kept.without("x exit x"), "  exit  ");
    }

    #[test]
    fn the_same_words_elsewhere_are_told_apart() {
        let (source, range) = ("ACME is ACME", 8..12);
        let kept = Kept::new(source, std::slice::from_ref(&range));
        assert_eq!(kept.assigned("ACME це ACME"), [Some(8 + 2..12 + 2)]);
        assert_eq!(kept.faults("ACME це ACME"), []);
        assert_eq!(kept.assigned("це ACME"), [Some(5..9)]);
    }
}
