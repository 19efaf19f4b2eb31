//! Colours of styles, as far as it takes to see that letters have the colour of their ground.

/// Red, green and blue.
pub(super) type Colour = [u8; 3];

/// Names that pages use for what they hide, and the basic colours of CSS.
const NAMES: [(&str, Colour); 20] = [
    ("white", [255, 255, 255]),
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("red", [255, 0, 0]),
    ("maroon", [128, 0, 0]),
    ("yellow", [255, 255, 0]),
    ("olive", [128, 128, 0]),
    ("lime", [0, 255, 0]),
    ("green", [0, 128, 0]),
    ("aqua", [0, 255, 255]),
    ("teal", [0, 128, 128]),
    ("blue", [0, 0, 255]),
    ("navy", [0, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("purple", [128, 0, 128]),
    ("snow", [255, 250, 250]),
    ("whitesmoke", [245, 245, 245]),
    ("ivory", [255, 255, 240]),
];

/// How far two colours may be apart in each part so that nobody reads the one on the other.
const ALIKE: u8 = 8;

/// Reads a colour: a name, `#rgb`, `#rrggbb`, `rgb(…)`. `None` for all else, what is partly transparent among it.
pub(super) fn parse(value: &str) -> Option<Colour> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        return from_hex(hex);
    }
    if let Some(inside) = value.strip_prefix("rgb(").and_then(|it| it.strip_suffix(')')) {
        let mut parts = inside.split([',', ' ']).filter(|it| !it.is_empty()).map(|it| it.parse::<u8>().ok());
        return Some([parts.next()??, parts.next()??, parts.next()??]);
    }
    NAMES.iter().find(|(name, _)| *name == value).map(|(_, colour)| *colour)
}

fn from_hex(hex: &str) -> Option<Colour> {
    let digits: Vec<u8> =
        hex.chars().map(|c| c.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect::<Option<_>>()?;
    match *digits.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r, rr, g, gg, b, bb] => Some([r * 16 + rr, g * 16 + gg, b * 16 + bb]),
        _ => None,
    }
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
            ("#fff", Some([255, 255, 255])),
            ("#FEFEFE", Some([254, 254, 254])),
            ("rgb(1, 2, 3)", Some([1, 2, 3])),
            ("rgb(1 2 3)", Some([1, 2, 3])),
            ("White", Some([255, 255, 255])),
            ("#ffff", None),
            ("#ж", None),
            ("rgba(0,0,0,0)", None),
            ("url(x.png)", None),
            ("inherit", None),
        ] {
            assert_eq!(parse(value), wanted, "{value}");
        }
        assert!(alike([255, 255, 255], [254, 254, 254]) && !alike([255, 255, 255], [230, 255, 255]));
    }
}
