//! What is recognised as something that stays, and what is prose.

use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<&str> {
    spans(text).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn addresses_placeholders_and_emoji_are_found() {
    let text = "See https://a.ua/x?y=1, (www.b.com/z_(1)) or mail to a.b@c.org. Hi {user_name}, %s of %1$d: 👩‍🚀👍 #Kyiv @desk t.co nasa.gov!";
    assert_eq!(
        found(text),
        [
            "https://a.ua/x?y=1",
            "www.b.com/z_(1)",
            "a.b@c.org",
            "{user_name}",
            "%s",
            "%1$d",
            "👩‍🚀👍",
            "#Kyiv",
            "@desk",
            "nasa.gov"
        ]
    );
    assert_eq!(found("Read [the report](https://a.ua/b) now"), ["https://a.ua/b"]);
    assert_eq!(found(r"Open C:\new\texts\a.txt and \\server\news."), [r"C:\new\texts\a.txt", r"\\server\news"]);
}

#[test]
fn placeholders_of_all_common_kinds_are_found() {
    for (text, wanted) in [
        ("Renewed :days days ago by :user_name.", &[":days", ":user_name"][..]),
        (":count/:total", &[":count", ":total"]),
        ("Welcome :wave: again", &[":wave:"]),
        ("You owe __sum__ to __user_name__!", &["__sum__", "__user_name__"]),
        ("##name## and @@name@@ and %%name%%", &["##name##", "@@name@@", "%%name%%"]),
        (
            "{x}, {0}, {}, {{ x | upper }}, {{{x}}}, {x!r:>10}",
            &["{x}", "{0}", "{}", "{{ x | upper }}", "{{{x}}}", "{x!r:>10}"],
        ),
        ("{when, date, short} {% if x %}", &["{when, date, short}", "{% if x %}"]),
        ("{{ім'я}} і ${ім'я}", &["{{ім'я}}", "${ім'я}"]),
        ("%d%% of %s, %@ and %2$@, %(name)s, %(n)05d", &["%d", "%%", "%s", "%@", "%2$@", "%(name)s", "%(n)05d"]),
        ("%-10s|%.2f|%lld|%*d|%dpx|%1$s%2$s", &["%-10s", "%.2f", "%lld", "%*d", "%dpx", "%1$s", "%2$s"]),
        ("%{name} %<count>d %user.name% %Y-%m-%d", &["%{name}", "%<count>d", "%user.name%", "%Y", "%m", "%d"]),
        ("Лишилося %dшт", &["%d"]),
        ("${price}, $t(common.save), $user_name, #{name}", &["${price}", "$t(common.save)", "$user_name", "#{name}"]),
        (
            "<x id=\"1\"/>A <g id='2' ctype=bold>b</g> <0>c</0><br/>",
            &["<x id=\"1\"/>", "<g id='2' ctype=bold>", "</g>", "<0>", "</0>", "<br/>"],
        ),
        ("Dear <name>, <%= user %>", &["<name>", "<%= user %>"]),
        ("[[Kyiv|the city]]&nbsp;&#160;&#xA0;&amp;", &["[[Kyiv|the city]]", "&nbsp;", "&#160;", "&#xA0;", "&amp;"]),
        (r#"One\nTwo\t\"three\"\u00a0"#, &[r"\n", r"\t", "\\\"", "\\\"", r"\u00a0"]),
        ("Sent %1 of %2 to %10: %1!s! %2!08x!", &["%1", "%2", "%10", "%1!s!", "%2!08x!"]),
        ("%1. %L1 %2%3 %1й", &["%1", "%L1", "%2", "%3", "%1"]),
        ("Hi $NAME$, $user_2$! Pay $COST$.", &["$NAME$", "$user_2$", "$COST$"]),
        (
            "See @:link, @:message.hello. @.lower:key @:(the.key)s @:{'a b'}",
            &["@:link", "@:message.hello", "@.lower:key", "@:(the.key)", "@:{'a b'}"],
        ),
        (
            "There {0,choice,0#are no files|1#is one file|1<are {0} files in it} now",
            &["{0,choice,0#are no files|1#is one file|1<are {0} files in it}"],
        ),
        (
            "{{#if x}}A{{else}}B{{/if}} {%- if a > b -%}C{% endif %} {#if x}D{:else}E{/if}",
            &["{{#if x}}", "{{else}}", "{{/if}}", "{%- if a > b -%}", "{% endif %}", "{#if x}", "{:else}", "{/if}"],
        ),
        (
            "<a download href=x>A</a> <option selected> <b data-x y='1'> <!-- no text --><!-- -->",
            &["<a download href=x>", "</a>", "<option selected>", "<b data-x y='1'>", "<!-- no text -->", "<!-- -->"],
        ),
        ("10⁶ kg on 40 m², 2,5·10^6 or 10^{-3}, H₂O", &["10⁶", "²", "10^6", "10^{-3}", "₂"]),
    ] {
        assert_eq!(found(text), wanted, "{text}");
    }
}

#[test]
fn prose_is_not_taken_for_one() {
    for text in [
        "It grew by 5% and so on.",
        "50 % of men, 5%d",
        "100 %1, 5 %2, 5%1",
        "He paid $US50 and $US60, A$AP$",
        "see @: c",
        "{choice, of course, is free in this land}",
        "a < b > c",
        "if a<b and c>d",
        "Mr. Smith vs. U.S.",
        "«Так», — сказав він.",
        "$100 {",
        "At 10:30 he said: no. Note: text; Q:A, Re:subject",
        "He paid $US50 and A$AP left",
        "AT&T; R&D; Johnson & Johnson;",
        "{so it was in the end of all}",
        "snake_case and a__b",
        "one\\qtwo [1] [see] 3-2",
        "1.5, 2.5 and 3-4",
        "",
    ] {
        assert!(spans(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn the_order_of_some_matters() {
    for surface in [
        "%s",
        "%d",
        "%10s",
        "%%",
        "{}",
        "<g id=\"1\">",
        "</g>",
        "\\n",
        "{{#if x}}",
        "{{else}}",
        "{{ else if y }}",
        "{{/if}}",
        "{{^x}}",
        "{{~#each x}}",
        "{% if x %}",
        "{%- endif -%}",
        "{#if x}",
        "{:else}",
        "{/if}",
    ] {
        assert!(is_ordered(surface), "{surface}");
    }
    for surface in [
        "%1$s",
        "%(name)s",
        "{name}",
        ":name",
        "__x__",
        "%user.name%",
        "https://a.ua",
        "👍",
        "%1",
        "%L1",
        "%1!s!",
        "{{name}}",
        "{{{name}}}",
        "{{ elsewhere }}",
        "$NAME$",
        "@:link",
    ] {
        assert!(!is_ordered(surface), "{surface}");
    }
}

#[test]
fn raised_figures_are_the_same_to_the_pattern_and_to_others() {
    for c in '\0'..=char::MAX {
        assert_eq!(POWER.is_match(c.encode_utf8(&mut [0; 4])), is_raised(c), "{c:?}");
    }
}

proptest! {
    #[test]
    fn spans_are_in_order_and_apart(text in "([a-zа-я ]|[{}<>$%:_#@&;\\\\/^.\"'()=\\[\\]]|10|²|https://|👍|\\PC){0,60}") {
        let spans = spans(&text);
        for pair in spans.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
        for range in spans {
            prop_assert!(!text[range].is_empty());
        }
    }
}
