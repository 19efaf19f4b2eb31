//! What declarations of styles say of what a reader sees: of one `style`, or of one rule of a style sheet.
//!
//! Only what hides text or strikes it out is read, and what may show it again. Which rules apply to an element is told by
//! `rules`; here is what their declarations mean, alone and one over the other.

use super::colour::{self, Paint};
use super::facts::{Fact, Facts};

/// The most bytes of one element's style, or of one rule's declarations, that are read.
const LONGEST: usize = 4000;

/// This many pixels to the left or above nothing is on a screen, and to the right of these neither.
const AWAY: f32 = 900.0;
const BEYOND: f32 = 4000.0;

/// Letters of so many pixels are no letters.
const TINIEST: f32 = 1.0;

/// What declarations say of an element's text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Declared {
    pub(super) facts: Facts,
    /// The colour of the letters and of the ground, where they are said.
    pub(super) colour: Option<Paint>,
    pub(super) background: Option<Paint>,
}

impl Declared {
    /// Not displayed, off the screen, clipped to nothing, fully transparent.
    pub(super) fn is_gone(&self) -> bool {
        use Fact::*;
        let facts = self.facts;
        let offset = facts.holds(Positioned) && facts.any(&[Left, Right, Top, Bottom]);
        let margin = facts.any(&[MarginLeft, MarginRight, MarginTop]) && !facts.holds(Padded);
        let nothing = facts.any(&[NoWidth, NoHeight, NoMaxWidth, NoMaxHeight]);
        let boxed = facts.holds(OverflowHidden) && (nothing || facts.holds(Narrow) && facts.holds(Low));
        let faint = facts.any(&[Faint, Filtered]) && !facts.holds(Moving);
        offset || margin || boxed || faint || facts.any(&[Undisplayed, Indented, Clipped, ClippedPath, Transformed])
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What `over` says goes over this.
    pub(super) fn overlay(&mut self, over: &Self) {
        self.facts.overlay(over.facts);
        self.colour = over.colour.or(self.colour);
        self.background = over.background.or(self.background);
    }

    /// What it says that does not hide, for declarations that may apply or not.
    pub(super) fn showing(&self) -> Self {
        let unknown = |paint: Option<Paint>| paint.map(|_| Paint::Other);
        Self { facts: self.facts.showing(), colour: unknown(self.colour), background: unknown(self.background) }
    }

    fn take(&mut self, name: &str, value: &str) {
        use Fact::*;
        let facts = &mut self.facts;
        match name {
            "display" => facts.say(Undisplayed, value == "none"),
            "content-visibility" => facts.say(Undisplayed, value == "hidden"),
            "visibility" => facts.say(Invisible, matches!(value, "hidden" | "collapse")),
            "font-size" => facts.say(Tiny, length(value).is_some_and(|size| size <= TINIEST)),
            "font" => {
                if let Some(size) = value.split([' ', '/']).find_map(length) {
                    facts.say(Tiny, size <= TINIEST);
                }
            }
            "text-decoration" | "text-decoration-line" => facts.say(Struck, value.contains("line-through")),
            "color" | "-webkit-text-fill-color" => self.colour = Some(colour::parse(value)),
            "background-color" => self.background = Some(colour::parse(value)),
            "background" => {
                self.background = Some(colour::parse(value));
                facts.say(Cut, value.ends_with(" text"));
            }
            "background-image" if value != "none" => self.background = Some(Paint::Other),
            "background-clip" | "-webkit-background-clip" => facts.say(Cut, value.contains("text")),
            "text-shadow" | "-webkit-text-stroke" => facts.say(Cut, value != "none"),
            _ => self.take_place(name, value),
        }
    }

    /// What says where an element stands, and how much of it is seen.
    fn take_place(&mut self, name: &str, value: &str) {
        use Fact::*;
        let facts = &mut self.facts;
        let size = |value: &str| length(value).map(f32::abs);
        match name {
            "position" => facts.say(Positioned, matches!(value, "absolute" | "fixed" | "relative" | "sticky")),
            "left" => facts.say(Left, is_aside(value)),
            "right" => facts.say(Right, is_aside(value)),
            "inset" => facts.say(Left, value.split(' ').any(is_above)),
            // A long page goes on below.
            "top" => facts.say(Top, is_above(value)),
            "bottom" => facts.say(Bottom, is_above(value)),
            "text-indent" => facts.say(Indented, is_aside(value)),
            "margin-left" => facts.say(MarginLeft, is_aside(value)),
            "margin-right" => facts.say(MarginRight, is_above(value)),
            "margin-top" => facts.say(MarginTop, is_above(value)),
            // The third is the margin below, which only draws up what follows.
            "margin" => {
                let away = value.split(' ').enumerate().any(|(at, it)| at != 2 && is_above(it));
                facts.say(MarginLeft, away);
            }
            "padding" | "padding-left" | "padding-right" => {
                facts.say(Padded, value.split(' ').filter_map(length).any(|it| it >= AWAY))
            }
            "overflow" | "overflow-y" | "overflow-x" => facts.say(OverflowHidden, matches!(value, "hidden" | "clip")),
            "width" => {
                facts.say(NoWidth, size(value) == Some(0.0));
                facts.say(Narrow, size(value).is_some_and(|it| it <= 1.0));
            }
            "height" => {
                facts.say(NoHeight, size(value) == Some(0.0));
                facts.say(Low, size(value).is_some_and(|it| it <= 1.0));
            }
            "max-width" => facts.say(NoMaxWidth, size(value).is_some_and(|it| it <= 1.0)),
            "max-height" => facts.say(NoMaxHeight, size(value).is_some_and(|it| it <= 1.0)),
            "clip" => facts.say(Clipped, is_empty_clip(value)),
            "clip-path" => facts.say(ClippedPath, is_empty_path(value)),
            "opacity" => facts.say(Faint, colour::share(value).is_some_and(colour::is_faint)),
            "filter" => {
                let opacity = value.split_once("opacity(").and_then(|(_, it)| it.split_once(')'));
                facts.say(Filtered, opacity.and_then(|(it, _)| colour::share(it)).is_some_and(colour::is_faint));
            }
            "transform" | "translate" | "scale" => {
                facts.say(Transformed, is_transformed_away(name, value));
                facts.say(Moving, value != "none");
            }
            "transition" | "animation" | "will-change" => facts.say(Moving, value != "none"),
            _ => {}
        }
    }
}

/// Declarations one below the other, those that are important apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) normal: Declared,
    pub(super) important: Declared,
}

impl Style {
    /// Reads `name: value; name: value`.
    pub(super) fn parse(style: &str) -> Self {
        let style = style[..style.floor_char_boundary(LONGEST)].to_ascii_lowercase();
        let mut read = Self::default();
        for (name, value) in style.split(';').filter_map(|it| it.split_once(':')) {
            let (value, important) = match value.split_once('!') {
                Some((value, mark)) => (value, mark.trim() == "important"),
                None => (value, false),
            };
            let declared = if important { &mut read.important } else { &mut read.normal };
            declared.take(name.trim(), value.trim());
        }
        read
    }
}

/// So far to the left or to the right that nobody sees it.
fn is_aside(value: &str) -> bool {
    length(value).is_some_and(|it| it <= -AWAY || it >= BEYOND)
}

/// So far to the left or above that nobody can look there.
fn is_above(value: &str) -> bool {
    length(value).is_some_and(|it| it <= -AWAY)
}

/// `rect(0, 0, 0, 0)`, `rect(1px 1px 1px 1px)`.
fn is_empty_clip(value: &str) -> bool {
    let Some(inside) = value.strip_prefix("rect(").and_then(|it| it.strip_suffix(')')) else { return false };
    let sides: Vec<f32> =
        inside.split([',', ' ']).filter(|it| !it.is_empty()).map(|it| length(it).unwrap_or(AWAY)).collect();
    sides.len() == 4 && sides.iter().all(|side| side.abs() <= 1.0)
}

fn is_empty_path(value: &str) -> bool {
    let value = value.replace(' ', "");
    let empty = ["inset(50%", "inset(100%", "circle(0)", "circle(0px", "circle(0%", "polygon(00,00"];
    empty.iter().any(|it| value.starts_with(it))
}

/// `translateX(-9999px)`, `scale(0)`: one function, or the value of a property that is called so.
fn is_transformed_away(name: &str, value: &str) -> bool {
    let call = |(function, inside): (&str, &str)| {
        let mut sizes = inside.split([',', ' ']).filter(|it| !it.is_empty());
        match function.trim() {
            it if it.starts_with("translate") => sizes.any(is_aside),
            it if it.starts_with("scale") => sizes.any(|it| it.parse::<f32>().is_ok_and(|it| it == 0.0)),
            _ => false,
        }
    };
    match name {
        "transform" => value.split(')').filter_map(|it| it.split_once('(')).any(call),
        property => call((property, value)),
    }
}

/// A length in pixels, of a font of 16. Parts of something else are as they stand.
fn length(value: &str) -> Option<f32> {
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.')).unwrap_or(value.len());
    let number: f32 = value[..end].parse().ok()?;
    match value[end..].trim() {
        "" => Some(number).filter(|&it| it == 0.0),
        "px" => Some(number),
        "pt" => Some(number * 1.33),
        "em" | "rem" | "ex" | "ch" => Some(number * 16.0),
        "vw" | "vh" => Some(number * 10.0),
        "%" => Some(number.min(100.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(style: &str) -> Declared {
        let Style { normal: mut declared, important } = Style::parse(style);
        declared.overlay(&important);
        declared
    }

    fn is_seen(style: &str) -> bool {
        let declared = declared(style);
        let clear = declared.colour == Some(Paint::Clear) && !declared.facts.holds(Fact::Cut);
        !declared.is_gone() && !clear && !declared.facts.any(&[Fact::Invisible, Fact::Tiny])
    }

    #[test]
    fn styles_that_hide() {
        for style in [
            "display:none",
            "DISPLAY : NONE !important",
            "color:red; visibility: hidden",
            "font-size:0",
            "font-size: 0px",
            "font-size: 1px",
            "font: 0/0 a",
            "opacity:0",
            "opacity: 0.0",
            "opacity:.01",
            "opacity: 1%",
            "filter: opacity(0)",
            "color: transparent",
            "color:rgba(0, 0, 0, 0)",
            "color:rgb(0 0 0 / 0%)",
            "color:#0000",
            "position:absolute; left:-9999px",
            "position:absolute; left:9999px",
            "position:fixed;right:-9999px",
            "position:relative;right: 9999px",
            "top:-99em;position:fixed",
            "position:absolute;inset:0 auto auto -9999px",
            "text-indent:-9999px",
            "text-indent:9999px",
            "position:absolute;clip:rect(0,0,0,0)",
            "clip: rect(1px 1px 1px 1px)",
            "clip-path: inset(50%)",
            "width:1px;height:1px;overflow:hidden",
            "height:0; overflow:hidden",
            "max-height:0; overflow:hidden",
            "margin-left:-2000px",
            "transform: scale(0)",
            "transform: scaleY(0)",
            "transform:translateX(-9999px)",
            "transform:translate( -9999px , 0 )",
            "transform: rotate(3deg) translate3d(9999px,0,0)",
            "translate: -9999px",
            "display:none!important;display:block",
        ] {
            assert!(!is_seen(style), "{style}");
        }
        for style in [
            "display:block",
            "left:-9999px",
            "position:absolute;left:-10px",
            "position:absolute;left:1200px",
            "position:absolute;top:9999px",
            "position:absolute;left:-9999px;left:0",
            "text-indent:-20px",
            "opacity:0.5",
            "opacity:.1",
            "opacity:0;transform:translateY(20px)",
            "opacity:0;transition:opacity 1s",
            "height:0",
            "overflow:hidden;height:100px",
            "font-size:80%",
            "font: italic 700 16px/1.2 serif",
            "clip:rect(0,200px,100px,0)",
            "margin:0 0 -9999px;padding-bottom:9999px",
            "margin:0 -9999px;padding:0 9999px",
            "color:transparent;background-clip:text",
            "color:transparent;text-shadow:0 0 9px red",
            "color:rgba(0,0,0,.6)",
            "transform:translateX(-50%)",
            "",
            ":;:",
        ] {
            assert!(is_seen(style), "{style}");
        }
        assert!(declared("text-decoration: line-through red").facts.holds(Fact::Struck));
    }

    #[test]
    fn what_may_apply_or_not_only_shows() {
        let shown = |style| declared(style).showing();
        assert!(shown("display:none;font-size:0;left:-9999px;opacity:0").is_empty());
        assert_eq!(shown("display:block").facts.get(Fact::Undisplayed), Some(false));
        assert_eq!(shown("color:#fff").colour, Some(Paint::Other));
        let mut hidden = declared("opacity:0;position:absolute;left:-9999px");
        hidden.overlay(&shown("opacity:1;left:0"));
        assert!(!hidden.is_gone());
    }
}
