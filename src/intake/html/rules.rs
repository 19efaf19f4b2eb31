//! The style sheets that a page holds: which of their rules apply to an element, and what they say together.
//!
//! An element is matched with the stack of those around it and never with a tree: the parts of selectors that stand before
//! the last are numbered, and each open element keeps a set of those that it and its parents meet, so that a step costs the
//! same however deep it is. What may apply or not (another screen, a state, an attribute) can only show what other rules
//! hide: in doubt text is seen. Style sheets in other files are not fetched. What is looked at is bounded: see the constants.

use std::cell::Cell;
use std::collections::HashMap;

use super::facts::Fact;
use super::selector::{Compound, Link, Selector};
use super::style::{Declared, Style};

/// The most bytes of styles of a page that are read.
const MOST_BYTES: usize = 256 * 1024;

/// The most rules of a page, of one name, the most selectors of a rule, and the most classes of an element.
const MOST_RULES: usize = 20_000;
const MOST_OF_NAME: usize = 32;
const MOST_SELECTORS: usize = 50;
const MOST_CLASSES: usize = 16;

/// The most rules that are looked at for all elements of a page, so that the worst page of `cargo bench --bench intake` stays
/// below its mark. Behind that, elements have no rules.
const MOST_LOOKED_AT: usize = 8_000_000;

/// How deep parts of style sheets are read in each other.
const DEEPEST: usize = 4;

/// Elements around others that rules ask for are numbered up to this.
const MOST_STEPS: usize = 128;

/// One element as rules see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) id: &'a str,
    pub(super) classes: &'a str,
}

/// The numbered steps of selectors that an element meets, and those that it or one around it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Met {
    own: u128,
    around: u128,
}

/// What a selector asks of one element, and of those around it by the number of another step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Step {
    compound: Compound,
    behind: Option<(usize, Link)>,
}

impl Step {
    fn is_behind(&self, parent: Met) -> bool {
        self.behind.is_none_or(|(number, link)| {
            let met = if link == Link::Child { parent.own } else { parent.around };
            met >> number & 1 == 1
        })
    }
}

/// Layers, ids, classes, names, and where a rule stands: the higher wins.
type Weight = (bool, usize, usize, usize, usize);

#[derive(Debug)]
struct Rule {
    step: Step,
    style: Style,
    weight: Weight,
    /// It may apply or not.
    perhaps: bool,
    /// Nothing around an element that it asks for comes and goes with classes.
    fixed: bool,
}

/// A part of a style sheet.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// For some screens only, or for some browsers.
    perhaps: bool,
    layered: bool,
    /// How many more parts in it are read.
    left: usize,
}

/// The rules and the steps that ask for one name, class or id.
#[derive(Debug, Default)]
struct Named {
    rules: Vec<usize>,
    steps: Vec<usize>,
}

/// The rules of a page.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    steps: Vec<Step>,
    numbers: HashMap<Step, usize>,
    named: HashMap<String, Named>,
    /// How many rules were looked at.
    looked_at: Cell<usize>,
}

impl Rules {
    /// Reads the text of all `<style>` elements.
    pub(super) fn parse(css: &str) -> Self {
        let mut rules = Self::default();
        let whole = Part { perhaps: false, layered: false, left: DEEPEST };
        rules.read(&without_strings(&css[..css.floor_char_boundary(MOST_BYTES)]), whole);
        rules.numbers = HashMap::new();
        let Self { rules: all, named, .. } = &mut rules;
        for named in named.values_mut() {
            named.rules.sort_by_key(|&at| all[at].weight);
            // Those with little weight are seldom what decides.
            let many = named.rules.len().saturating_sub(MOST_OF_NAME);
            named.rules.drain(..many);
        }
        rules
    }

    /// Reads the rules of a part.
    fn read(&mut self, css: &str, part: Part) {
        let mut rest = css;
        while let Some(open) = rest.find('{') {
            let head = rest[..open].rsplit([';', '}']).next().unwrap_or_default().trim();
            let end = open + block_end(&rest[open..]);
            let body = &rest[open + 1..end];
            let body = body.strip_suffix('}').unwrap_or(body);
            rest = &rest[end..];
            if let Some(rule) = head.strip_prefix('@') {
                if let Some(inner) = part.inside(rule) {
                    self.read(body, inner);
                }
                continue;
            }
            self.add(head, &without_blocks(body), part);
            if body.contains('{') && part.left > 0 {
                self.read(body, Part { perhaps: true, left: part.left - 1, ..part });
            }
        }
    }

    fn add(&mut self, head: &str, body: &str, part: Part) {
        let style = Style::parse(body);
        if style.normal.is_empty() && style.important.is_empty() {
            return;
        }
        for selector in head.split(',').take(MOST_SELECTORS).filter_map(Selector::parse) {
            if self.rules.len() >= MOST_RULES {
                return;
            }
            if !is_page(&selector.last.name) {
                self.add_one(selector, style, part);
            }
        }
    }

    fn add_one(&mut self, selector: Selector, style: Style, part: Part) {
        let Selector { last, around, vague } = selector;
        let count = |it: &String| usize::from(!it.is_empty());
        let all = || around.iter().map(|(compound, _)| compound).chain([&last]);
        let weight: Weight = (
            !part.layered,
            all().map(|it| count(&it.id)).sum(),
            all().map(|it| it.classes.len()).sum(),
            all().map(|it| count(&it.name)).sum(),
            self.rules.len(),
        );
        let fixed = around.iter().all(|(it, _)| it.id.is_empty() && it.classes.is_empty());
        let state = around.iter().any(|(it, _)| it.is_of_state());
        let behind = if vague || state { Some(None) } else { self.step_of(&around) };
        let perhaps = part.perhaps || vague || state || behind.is_none();
        let step = Step { compound: last, behind: behind.flatten() };
        if perhaps && style.normal.showing().is_empty() && style.important.showing().is_empty() {
            return;
        }
        self.named.entry(key_of(&step.compound)).or_default().rules.push(self.rules.len());
        self.rules.push(Rule { step, style, weight, perhaps, fixed });
    }

    /// The number of the last of the steps around an element, and how that stands to it. `None` where there are too many.
    fn step_of(&mut self, around: &[(Compound, Link)]) -> Option<Option<(usize, Link)>> {
        let mut behind = None;
        for (compound, link) in around {
            let step = Step { compound: compound.clone(), behind };
            let number = match self.numbers.get(&step) {
                Some(&number) => number,
                None => {
                    let number = self.steps.len();
                    let named = self.named.entry(key_of(compound)).or_default();
                    if number >= MOST_STEPS || named.steps.len() >= MOST_OF_NAME {
                        return None;
                    }
                    named.steps.push(number);
                    self.steps.push(step.clone());
                    self.numbers.insert(step, number);
                    number
                }
            };
            behind = Some((number, *link));
        }
        Some(behind)
    }

    /// What the rules and its own style say of an element, and the steps that it meets.
    pub(super) fn of(&self, element: Element<'_>, parent: Met, own: &Style) -> (Declared, Met) {
        let mut declared = Declared::default();
        if self.rules.is_empty() || self.looked_at.get() > MOST_LOOKED_AT {
            declared.overlay(&own.normal);
            declared.overlay(&own.important);
            return (declared, parent);
        }
        let asked = Asked { element, classes: element.classes.split_ascii_whitespace().take(MOST_CLASSES).collect() };
        let keys = asked.classes.iter().map(|class| format!(".{class}"));
        let keys = keys.chain([format!("#{}", element.id), element.name.to_owned(), String::new()]);
        let named: Vec<&Named> = keys.filter_map(|key| self.named.get(&key)).collect();
        self.looked_at.set(self.looked_at.get() + named.iter().map(|it| it.rules.len()).sum::<usize>());
        let rules = named.iter().flat_map(|it| &it.rules).map(|&at| &self.rules[at]);
        let mut found: Vec<(&Rule, bool)> = rules
            .filter(|rule| asked.fits_but_for_classes(&rule.step.compound))
            .map(|rule| (rule, asked.has_classes(&rule.step.compound)))
            .collect();
        found.sort_by_key(|(rule, _)| rule.weight);
        let cascade = |declared: &mut Declared, of: fn(&Style) -> &Declared| {
            for (rule, _) in found.iter().filter(|(_, whole)| *whole) {
                match (rule.step.is_behind(parent), rule.perhaps) {
                    (true, false) => declared.overlay(of(&rule.style)),
                    (false, false) if rule.fixed => {}
                    _ => declared.overlay(&of(&rule.style).showing()),
                }
            }
        };
        cascade(&mut declared, |style| &style.normal);
        declared.overlay(&own.normal);
        cascade(&mut declared, |style| &style.important);
        declared.overlay(&own.important);
        // One more class, which scripts set while the page is read, makes it appear.
        let appears = |rule: &Rule| rule.style.normal.facts.get(Fact::Faint) == Some(false);
        if found.iter().any(|(rule, whole)| !whole && appears(rule)) {
            declared.facts.say(Fact::Moving, true);
        }
        (declared, self.met(asked, parent, &named))
    }

    /// The steps that an element meets. The classes of a whole page are states of its scripts.
    fn met(&self, asked: Asked<'_>, parent: Met, named: &[&Named]) -> Met {
        let asked = if is_page(asked.element.name) { Asked { classes: Vec::new(), ..asked } } else { asked };
        let mut own = 0;
        for &number in named.iter().flat_map(|it| &it.steps) {
            let step = &self.steps[number];
            let fits = asked.fits_but_for_classes(&step.compound) && asked.has_classes(&step.compound);
            if step.is_behind(parent) && fits {
                own |= 1 << number;
            }
        }
        Met { own, around: parent.around | own }
    }
}

/// An element, with its classes one by one.
struct Asked<'a> {
    element: Element<'a>,
    classes: Vec<&'a str>,
}

impl Asked<'_> {
    fn fits_but_for_classes(&self, compound: &Compound) -> bool {
        (compound.name.is_empty() || compound.name == self.element.name)
            && (compound.id.is_empty() || compound.id == self.element.id)
    }

    fn has_classes(&self, compound: &Compound) -> bool {
        compound.classes.iter().all(|class| self.classes.contains(&class.as_str()))
    }
}

/// By what an element is looked up: its id, or one class, or its name, or nothing.
fn key_of(compound: &Compound) -> String {
    match (compound.id.as_str(), compound.classes.first()) {
        ("", Some(class)) => format!(".{class}"),
        ("", None) => compound.name.clone(),
        (id, _) => format!("#{id}"),
    }
}

/// Whether a part of a style sheet applies where a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Applies {
    Always,
    Perhaps,
    Never,
}

impl Part {
    /// The part behind this rule in it; `None` for what says nothing of elements, or is too deep.
    fn inside(self, rule: &str) -> Option<Self> {
        let rule = rule.trim().to_ascii_lowercase();
        let end = rule.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rule.len());
        let (name, asked) = (&rule[..end], rule[end..].trim());
        let applies = match name {
            "media" => of_media(asked),
            // Browsers know what is asked for without a prefix.
            "supports" if asked.starts_with("not") || asked.contains("(-") => Applies::Perhaps,
            "supports" | "layer" => Applies::Always,
            "container" | "scope" => Applies::Perhaps,
            _ => Applies::Never,
        };
        let left = self.left.checked_sub(1).filter(|_| applies != Applies::Never)?;
        Some(Self {
            perhaps: self.perhaps || applies == Applies::Perhaps,
            layered: self.layered || name == "layer",
            left,
        })
    }
}

/// Media of a page on a screen.
fn of_media(media: &str) -> Applies {
    let mut best = Applies::Never;
    for query in media.split(',').map(|it| it.trim().trim_start_matches("only ")) {
        match query {
            "" | "all" | "screen" | "not print" | "not speech" => return Applies::Always,
            _ if ["print", "speech", "not screen", "not all"].iter().any(|it| query.starts_with(it)) => {}
            _ => best = Applies::Perhaps,
        }
    }
    best
}

/// A whole page is hidden only until its scripts have run.
pub(super) fn is_page(name: &str) -> bool {
    matches!(name, "html" | "body")
}

/// The bytes of a block from its `{` up to and with its `}`.
fn block_end(css: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    css.len()
}

/// The declarations of a block without the rules that stand in it.
fn without_blocks(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..rest[..open].rfind(';').map_or(0, |at| at + 1)]);
        rest = &rest[open + block_end(&rest[open..])..];
    }
    out.push_str(rest);
    out
}

/// A style sheet without its comments and the insides of its strings, which may hold brackets.
fn without_strings(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, sign) = rest.split_at(at);
        out.push_str(before);
        let mark = if sign.starts_with('"') { '"' } else { '\'' };
        rest = match sign.strip_prefix("/*") {
            Some(comment) => comment.split_once("*/").map_or("", |(_, after)| after),
            None if sign.starts_with('/') => {
                out.push('/');
                &sign[1..]
            }
            None => {
                let end = sign[1..].find([mark, '\n']).map_or(sign.len(), |end| end + 2);
                &sign[end..]
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
#[path = "rules_cases.rs"]
mod cases;
