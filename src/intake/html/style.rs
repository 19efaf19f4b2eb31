//! What styles say of what a reader sees: the `style` of one element, and the simple rules of `<style>` elements.
//!
//! Only what hides text or strikes it out is read. Of rules, selectors of one element with its classes and its id are
//! understood; others may only show what a simple rule hides, since whether they apply is not known here. Style sheets
//! in other files are not fetched. What is looked at is bounded: see the constants.

use std::collections::HashMap;

use super::colour::{self, Colour};

/// The most bytes of styles of a page that are read, and the most bytes of one element's style.
const MOST_BYTES: usize = 256 * 1024;
const LONGEST: usize = 4000;

/// The most rules of a page, of one name, and the most classes of an element that are looked at.
const MOST_RULES: usize = 5000;
const MOST_OF_NAME: usize = 16;
const MOST_CLASSES: usize = 16;

/// This many pixels away nothing is on a screen.
const AWAY: f32 = 900.0;

/// The background of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Background {
    Plain(Colour),
    /// A picture, or what is not understood.
    Other,
}

/// What declarations say of an element's text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Declared {
    /// False for `display: none`.
    pub(super) displayed: Option<bool>,
    /// False for `visibility: hidden`.
    pub(super) visible: Option<bool>,
    /// False for letters of no size.
    pub(super) sized: Option<bool>,
    /// Off the screen, clipped to nothing, fully transparent.
    pub(super) away: bool,
    /// Struck out.
    pub(super) struck: bool,
    pub(super) colour: Option<Colour>,
    pub(super) background: Option<Background>,
}

impl Declared {
    /// Reads `name: value; name: value`.
    pub(super) fn parse(style: &str) -> Self {
        let style = style[..style.floor_char_boundary(LONGEST)].to_ascii_lowercase();
        let mut facts = Self::default();
        let mut place = Place::default();
        for (name, value) in style.split(';').filter_map(|it| it.split_once(':')) {
            let value = value.trim().trim_end_matches("!important").trim();
            facts.take(name.trim(), value);
            place.take(name.trim(), value);
        }
        facts.away = place.is_away();
        facts
    }

    fn take(&mut self, name: &str, value: &str) {
        match name {
            "display" => self.displayed = Some(value != "none"),
            "content-visibility" if value == "hidden" => self.displayed = Some(false),
            "visibility" => self.visible = Some(!matches!(value, "hidden" | "collapse")),
            "font-size" => self.sized = Some(length(value) != Some(0.0)),
            "font" => self.sized = value.split([' ', '/']).find_map(length).map(|size| size > 0.0).or(self.sized),
            "text-decoration" | "text-decoration-line" => self.struck = value.contains("line-through"),
            "color" => self.colour = colour::parse(value).or(self.colour),
            "background-color" => self.paint(value),
            "background" => self.paint(value),
            "background-image" if value != "none" => self.background = Some(Background::Other),
            _ => {}
        }
    }

    fn paint(&mut self, value: &str) {
        self.background = Some(colour::parse(value).map_or(Background::Other, Background::Plain));
    }

    /// What a rule with more weight says goes over this.
    fn overlay(&mut self, over: &Self) {
        self.displayed = over.displayed.or(self.displayed);
        self.visible = over.visible.or(self.visible);
        self.away |= over.away;
        self.struck |= over.struck;
    }

    fn hides(&self) -> bool {
        self.displayed == Some(false) || self.visible == Some(false) || self.away
    }

    fn shows(&self) -> bool {
        self.displayed == Some(true) || self.visible == Some(true)
    }
}

/// Where an element stands, and how much of it is seen.
#[derive(Default)]
struct Place {
    positioned: bool,
    offset: bool,
    indented: bool,
    overflow_hidden: bool,
    /// Its width and its height are nothing, or at most one pixel.
    nothing: bool,
    narrow: [bool; 2],
    clipped: bool,
    transparent: bool,
    moving: bool,
}

impl Place {
    fn take(&mut self, name: &str, value: &str) {
        let far = |value: &str| length(value).is_some_and(|it| it <= -AWAY);
        let small = |value: &str| length(value).is_some_and(|it| it.abs() <= 1.0);
        match name {
            "position" => self.positioned = matches!(value, "absolute" | "fixed"),
            "left" | "right" | "top" | "bottom" => self.offset |= far(value),
            "text-indent" => self.indented |= far(value),
            "margin-left" | "margin-top" | "margin-right" => self.indented |= far(value),
            "margin" => self.indented |= value.split(' ').any(far),
            "overflow" | "overflow-y" | "overflow-x" => self.overflow_hidden |= matches!(value, "hidden" | "clip"),
            "width" | "max-width" => {
                self.nothing |= length(value) == Some(0.0);
                self.narrow[0] |= small(value);
            }
            "height" | "max-height" => {
                self.nothing |= length(value) == Some(0.0);
                self.narrow[1] |= small(value);
            }
            "clip" => self.clipped |= is_empty_clip(value),
            "clip-path" => {
                let value = value.replace(' ', "");
                let empty = ["inset(50%", "inset(100%", "circle(0)", "circle(0px", "circle(0%", "polygon(00,00"];
                self.clipped |= empty.iter().any(|it| value.starts_with(it));
            }
            "opacity" => self.transparent = value.trim_end_matches('%').parse::<f32>() == Ok(0.0),
            "filter" => self.transparent |= value.replace(' ', "").contains("opacity(0)"),
            "transform" if value.replace(' ', "").starts_with("scale(0)") => self.clipped = true,
            "transform" | "transition" | "animation" | "will-change" => self.moving = true,
            _ => {}
        }
    }

    fn is_away(&self) -> bool {
        let boxed = self.overflow_hidden && (self.nothing || self.narrow == [true, true]);
        // What is moved into sight while a page opens begins transparent.
        let transparent = self.transparent && !self.moving;
        self.indented || boxed || transparent || self.clipped || self.positioned && self.offset
    }
}

/// `rect(0, 0, 0, 0)`, `rect(1px 1px 1px 1px)`.
fn is_empty_clip(value: &str) -> bool {
    let Some(inside) = value.strip_prefix("rect(").and_then(|it| it.strip_suffix(')')) else { return false };
    let sides: Vec<f32> =
        inside.split([',', ' ']).filter(|it| !it.is_empty()).map(|it| length(it).unwrap_or(AWAY)).collect();
    sides.len() == 4 && sides.iter().all(|side| side.abs() <= 1.0)
}

/// A length in pixels, of a font of 16. Parts of something else are as they stand.
fn length(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.')).unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    match value[end..].trim() {
        "" | "px" => Some(number),
        "pt" => Some(number * 1.33),
        "em" | "rem" | "ex" | "ch" => Some(number * 16.0),
        "vw" | "vh" => Some(number * 10.0),
        "%" => Some(number.min(100.0)),
        _ => None,
    }
}

/// One element as rules see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) id: &'a str,
    pub(super) classes: &'a str,
}

/// A simple rule.
#[derive(Debug, PartialEq)]
struct Rule {
    name: String,
    id: String,
    classes: Vec<String>,
    declared: Declared,
    /// Important, ids, classes, names, and where it stands: the higher wins.
    weight: (bool, usize, usize, usize, usize),
    /// Only its last part is known, so that it may apply or not.
    perhaps: bool,
}

/// A part of a style sheet. Parts of parts are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Sheet,
    /// For every screen.
    Screen,
    /// For some screens: what stands here may only show.
    Conditional,
}

/// The simple rules of a page, by the name that they ask for.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Rules {
    /// Reads the text of all `<style>` elements.
    pub(super) fn parse(css: &str) -> Self {
        let mut rules = Self::default();
        rules.read(&without_comments(&css[..css.floor_char_boundary(MOST_BYTES)]), Part::Sheet);
        rules
    }

    /// Reads the rules of a part.
    fn read(&mut self, css: &str, part: Part) {
        let mut rest = css;
        while let Some(open) = rest.find('{') {
            let head = rest[..open].rsplit([';', '}']).next().unwrap_or_default().trim();
            let end = open + block_end(&rest[open..]);
            let body = rest[open + 1..end].trim_end_matches('}');
            rest = &rest[end..];
            match (head.strip_prefix('@').map(|rule| rule.strip_prefix("media").map(str::trim)), part) {
                (None, _) => self.add(head, body, part),
                (Some(Some(media)), _) if media.contains("print") => {}
                (Some(Some("" | "all" | "screen")), Part::Sheet) => self.read(body, Part::Screen),
                (Some(Some(_)), Part::Sheet) => self.read(body, Part::Conditional),
                _ => {}
            }
        }
    }

    fn add(&mut self, head: &str, body: &str, part: Part) {
        let declared = Declared::parse(body);
        if !(declared.hides() || declared.shows() || declared.struck) {
            return;
        }
        for selector in head.split(',').take(50) {
            let last = selector.trim().rsplit([' ', '>', '+', '~']).next().unwrap_or_default();
            let perhaps = part == Part::Conditional || last.len() < selector.trim().len();
            let Some((name, id, classes)) = compound(last) else { continue };
            if perhaps && !declared.shows() || self.rules.len() >= MOST_RULES || is_page(&name) {
                continue;
            }
            let important = body.contains("!important");
            let count = |it: &str| usize::from(!it.is_empty());
            let weight = (important, count(&id), classes.len(), count(&name), self.rules.len());
            let key = match (id.as_str(), classes.first()) {
                ("", Some(class)) => format!(".{class}"),
                ("", None) => name.clone(),
                (id, _) => format!("#{id}"),
            };
            let same = self.by_name.entry(key).or_default();
            if same.len() < MOST_OF_NAME {
                same.push(self.rules.len());
                self.rules.push(Rule { name, id, classes, declared, weight, perhaps });
            }
        }
    }

    /// What the rules say of an element.
    pub(super) fn of(&self, element: Element<'_>) -> Declared {
        if self.rules.is_empty() {
            return Declared::default();
        }
        let classes: Vec<&str> = element.classes.split_ascii_whitespace().take(MOST_CLASSES).collect();
        let keys = classes.iter().map(|class| format!(".{class}"));
        let keys = keys.chain([format!("#{}", element.id), element.name.to_owned()]);
        let mut found: Vec<&Rule> = keys
            .filter_map(|key| self.by_name.get(&key))
            .flatten()
            .map(|&at| &self.rules[at])
            .filter(|rule| {
                (rule.name.is_empty() || rule.name == element.name)
                    && (rule.id.is_empty() || rule.id == element.id)
                    && rule.classes.iter().all(|class| classes.contains(&class.as_str()))
            })
            .collect();
        found.sort_by_key(|rule| rule.weight);
        let mut declared = Declared::default();
        for rule in found.iter().filter(|rule| !rule.perhaps) {
            declared.overlay(&rule.declared);
        }
        for rule in found.iter().filter(|rule| rule.perhaps) {
            declared.displayed = declared.displayed.filter(|_| rule.declared.displayed != Some(true));
            declared.visible = declared.visible.filter(|_| rule.declared.visible != Some(true));
        }
        declared
    }
}

/// A whole page is hidden only until its scripts have run.
pub(super) fn is_page(name: &str) -> bool {
    matches!(name, "html" | "body")
}

/// `p.a.b#c` in its parts. `None` for what also asks for a state or an attribute, and for everything.
fn compound(selector: &str) -> Option<(String, String, Vec<String>)> {
    let whole = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
    if selector.is_empty() || !selector.chars().all(whole) {
        return None;
    }
    let start = selector.find(['.', '#']).unwrap_or(selector.len());
    let (name, mut rest) = selector.split_at(start);
    let (mut id, mut classes) = (String::new(), Vec::new());
    while let Some(kind) = rest.chars().next() {
        let end = rest[1..].find(['.', '#']).map_or(rest.len(), |at| at + 1);
        let part = rest[1..end].to_owned();
        match kind {
            '#' => id = part,
            _ => classes.push(part),
        }
        rest = &rest[end..];
    }
    Some((name.to_ascii_lowercase(), id, classes))
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

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_seen(style: &str) -> bool {
        let declared = Declared::parse(style);
        !declared.hides() && declared.sized != Some(false)
    }

    #[test]
    fn styles_that_hide() {
        for style in [
            "display:none",
            "DISPLAY : NONE !important",
            "color:red; visibility: hidden",
            "font-size:0",
            "font-size: 0px",
            "opacity:0",
            "opacity: 0.0",
            "position:absolute; left:-9999px",
            "top:-99em;position:fixed",
            "text-indent:-9999px",
            "position:absolute;clip:rect(0,0,0,0)",
            "clip: rect(1px 1px 1px 1px)",
            "clip-path: inset(50%)",
            "width:1px;height:1px;overflow:hidden",
            "height:0; overflow:hidden",
            "margin-left:-2000px",
            "transform: scale(0)",
        ] {
            assert!(!is_seen(style), "{style}");
        }
        for style in [
            "display:block",
            "left:-9999px",
            "position:absolute;left:-10px",
            "text-indent:-20px",
            "opacity:0.5",
            "opacity:0;transform:translateY(20px)",
            "height:0",
            "overflow:hidden;height:100px",
            "font-size:80%",
            "clip:rect(0,200px,100px,0)",
            "",
            ":;:",
        ] {
            assert!(is_seen(style), "{style}");
        }
        assert!(Declared::parse("text-decoration: line-through red").struck);
    }

    #[test]
    fn simple_rules_hide_and_show() {
        let css = "@import 'a.css'; /* .w{display:none} */ .x, p.y { display: none } #z{visibility:hidden}\
            .tab{display:none}.tab.active{display:block} .old{text-decoration:line-through}\
            .m{display:none} @media (min-width:1px){.m{display:block}} @media print{.p{display:none}}\
            @media screen{.s{display:none}} @keyframes k{from{visibility:hidden}} .deep{display:none} .open .deep{display:block}\
            body{display:none} a:hover{display:none} aside{display:none} .over{display:none} .over{display:block}";
        let rules = Rules::parse(css);
        let hidden = |name, id, classes| rules.of(Element { name, id, classes }).hides();
        for (name, id, classes) in [
            ("div", "", "x"),
            ("div", "", "a x b"),
            ("p", "", "y"),
            ("b", "z", ""),
            ("i", "", "tab"),
            ("i", "", "s"),
            ("aside", "", ""),
        ] {
            assert!(hidden(name, id, classes), "{name} {id} {classes}");
        }
        for (name, id, classes) in [
            ("div", "", "y"),
            ("div", "", "w"),
            ("i", "", "tab active"),
            ("i", "", "m"),
            ("i", "", "p"),
            ("body", "", ""),
            ("a", "", ""),
            ("i", "", "deep"),
            ("i", "", "over"),
            ("i", "k", "from"),
        ] {
            assert!(!hidden(name, id, classes), "{name} {id} {classes}");
        }
        assert!(rules.of(Element { name: "b", id: "", classes: "old" }).struck);
        Rules::parse("@media { .x { ");
        Rules::parse("}}}{{{");
    }
}
