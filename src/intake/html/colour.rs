//! Colours of styles, as far as it takes to see that letters have the colour of their ground.

use cssparser::color::{parse_hash_color, parse_named_color};

/// Red, green and blue.
pub(super) type Colour = [u8; 3];

/// What letters or their ground are painted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Plain(Colour),
    /// What nobody sees.
    Clear,
    /// A picture, what is partly transparent, or what is not understood.
    Other,
}

/// How far two colours may be apart in each part so that nobody reads the one on the other.
const ALIKE: u8 = 8;

/// Reads a colour: a name, `#rgb`, `#rrggbbaa`, `rgb(…)`.
pub(super) fn parse(value: &str) -> Paint {
    let value = value.trim().to_ascii_lowercase();
    if value == "transparent" {
        return Paint::Clear;
    }
    if let Some(hex) = value.strip_prefix('#') {
        return parse_hash_color(hex.as_bytes()).map_or(Paint::Other, |(r, g, b, alpha)| painted([r, g, b], alpha));
    }
    if let Some((function, inside)) = value.strip_suffix(')').and_then(|it| it.split_once('(')) {
        return from_function(function, inside).unwrap_or(Paint::Other);
    }
    parse_named_color(&value).map_or(Paint::Other, |(r, g, b)| Paint::Plain([r, g, b]))
}

/// `rgb(1 2 3 / 50%)`, `rgba(1, 2, 3, 0)`. Of other functions only what is transparent is known.
fn from_function(function: &str, inside: &str) -> Option<Paint> {
    let parts: Vec<&str> = inside.split([',', ' ', '/']).filter(|it| !it.is_empty()).take(5).collect();
    let alpha = parts.get(3).map_or(Some(1.0), |it| share(it))?;
    let [r, g, b] = parts.get(..3)? else { return None };
    match function {
        "rgb" | "rgba" => Some(painted([r.parse().ok()?, g.parse().ok()?, b.parse().ok()?], alpha)),
        "hsl" | "hsla" | "hwb" | "lab" | "lch" | "oklab" | "oklch" if is_faint(alpha) => Some(Paint::Clear),
        _ => None,
    }
}

fn painted(colour: Colour, alpha: f32) -> Paint {
    match alpha {
        alpha if is_faint(alpha) => Paint::Clear,
        alpha if alpha >= 1.0 => Paint::Plain(colour),
        _ => Paint::Other,
    }
}

/// A part of one: `.5`, `50%`.
pub(super) fn share(value: &str) -> Option<f32> {
    let value = value.trim();
    match value.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f32>().ok().map(|it| it / 100.0),
        None => value.parse().ok(),
    }
}

/// True for an opacity by which no ground changes more than two colours may that nobody tells apart.
pub(super) fn is_faint(opacity: f32) -> bool {
    opacity * 255.0 <= f32::from(ALIKE)
}

/// True when letters of one colour cannot be read on the other.
pub(super) fn alike(one: Colour, other: Colour) -> bool {
    one.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= ALIKE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read() {
        for (value, wanted) in [
            ("#fff", Paint::Plain([255, 255, 255])),
            ("#ffff", Paint::Plain([255, 255, 255])),
            ("#FEFEFE", Paint::Plain([254, 254, 254])),
            ("#fefefe80", Paint::Other),
            ("#0000", Paint::Clear),
            ("#12345600", Paint::Clear),
            ("rgb(1, 2, 3)", Paint::Plain([1, 2, 3])),
            ("rgb(1 2 3)", Paint::Plain([1, 2, 3])),
            ("rgba(1, 2, 3, 1)", Paint::Plain([1, 2, 3])),
            ("rgba(1, 2, 3, .5)", Paint::Other),
            ("rgba(0,0,0,0)", Paint::Clear),
            ("rgb(1 2 3 / 0%)", Paint::Clear),
            ("hsla(1, 2%, 3%, 0)", Paint::Clear),
            ("hsl(1, 2%, 3%)", Paint::Other),
            ("transparent", Paint::Clear),
            ("White", Paint::Plain([255, 255, 255])),
            ("#ж", Paint::Other),
            ("#fffff", Paint::Other),
            ("url(x.png)", Paint::Other),
            ("inherit", Paint::Other),
            ("rgb(", Paint::Other),
            ("rgb()", Paint::Other),
        ] {
            assert_eq!(parse(value), wanted, "{value}");
        }
        assert!(alike([255, 255, 255], [254, 254, 254]) && !alike([255, 255, 255], [230, 255, 255]));
    }
}
