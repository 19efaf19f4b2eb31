//! Cases of `rules`: which elements a style sheet hides.

use super::*;

/// True when a sheet hides the last of these elements, each in the one before it: `name.class.class#id`.
fn hides(css: &str, path: &str) -> bool {
    let rules = Rules::parse(css);
    let (mut met, mut hidden) = (Met::default(), false);
    for element in path.split(' ') {
        let (element, id) = element.split_once('#').unwrap_or((element, ""));
        let (name, classes) = element.split_once('.').unwrap_or((element, ""));
        let classes = classes.replace('.', " ");
        let (declared, own) = rules.of(Element { name, id, classes: &classes }, met, &Style::default());
        met = own;
        let unseen = declared.is_gone() || declared.facts.any(&[Fact::Invisible, Fact::Tiny]);
        hidden = unseen || declared.colour == Some(super::super::colour::Paint::Clear);
    }
    hidden
}

#[test]
fn simple_rules_hide_and_show() {
    let css = "@import 'a.css'; /* .w{display:none} */ .x, p.y { display: none } #z{visibility:hidden}\
        .tab{display:none}.tab.active{display:block} .old{text-decoration:line-through}\
        .m{display:none} @media (min-width:1px){.m{display:block}} @media print{.p{display:none}}\
        @media screen{.s{display:none}} @keyframes k{from{visibility:hidden}} .deep{display:none} .open .deep{display:block}\
        body{display:none} a:hover{display:none} aside{display:none} .over{display:none} .over{display:block}";
    for path in ["div.x", "div.a.x.b", "p.y", "b#z", "i.tab", "i.s", "aside"] {
        assert!(hides(css, path), "{path}");
    }
    for path in ["div.y", "div.w", "i.tab.active", "i.m", "i.p", "body", "a", "i.deep", "i.over", "i.from#k"] {
        assert!(!hides(css, path), "{path}");
    }
    let old = Element { name: "b", id: "", classes: "old" };
    assert!(Rules::parse(css).of(old, Met::default(), &Style::default()).0.facts.holds(Fact::Struck));
    Rules::parse("@media { .x { ");
    Rules::parse("}}}{{{");
    Rules::parse("\"{ '/ /* ");
}

#[test]
fn rules_hide_by_sizes_colours_and_places() {
    for body in [
        "font-size:0",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "position:absolute;left:9999px",
        "text-indent:9999px",
        "transform:translateX(-9999px)",
        "opacity:.01",
    ] {
        assert!(hides(&format!(".x{{{body}}}"), "p.x"), "{body}");
        assert!(hides(&format!(".x{{position:absolute}} p.x{{{body}}}"), "p.x"), "{body}");
    }
    assert!(hides(".x{position:absolute} .x{left:-9999px}", "p.x"), "one rule says the half of it");
    for css in [
        ".x{font-size:0} p.x{font-size:1rem}",
        ".x{opacity:0} .x{opacity:1}",
        ".x{opacity:0} .x.visible{opacity:1}",
        ".x{opacity:0} .x{transition:opacity 1s}",
        ".x{position:absolute;left:-9999px} .x{position:static}",
        ".x{color:transparent} .x{color:var(--ink)}",
        ".x{font-size:0} @media (max-width:9px){.x{font-size:12px}}",
    ] {
        assert!(!hides(css, "p.x"), "{css}");
    }
}

#[test]
fn rules_know_what_stands_around_an_element() {
    for (css, path) in [
        (".ad .x{display:none}", "div.ad p.x"),
        (".ad .x{display:none}", "div.ad div p.x"),
        (".ad > .x{display:none}", "div.ad p.x"),
        (".ad>p{display:none}", "div.ad p"),
        ("div div p{display:none}", "div div p"),
        (".a > .b .c{visibility:hidden}", "i.a i.b i i.c"),
        ("body .x{display:none}", "html body p.x"),
        ("#seo p{font-size:0}", "div#seo p"),
        (".a *.x{display:none}", "i.a i.x"),
        (".ad .x{display:block} .ad p.x{display:none}", "div.ad p.x"),
        (".x{display:none} article .x{display:block}", "div p.x"),
    ] {
        assert!(hides(css, path), "{css} {path}");
    }
    for (css, path) in [
        (".ad .x{display:none}", "div.ad"),
        (".ad .x{display:none}", "div p.x"),
        (".ad > .x{display:none}", "div.ad div p.x"),
        ("div div p{display:none}", "div p"),
        (".a > .b .c{display:none}", "i.a i i.b i.c"),
        (".ad .x{display:none} .ad .x{display:block}", "div.ad p.x"),
        (".no-js .x{display:none}", "html.no-js body p.x"),
        (".loading .x{display:none}", "html body.loading p.x"),
        (".no-js .x{display:none}", "div.no-js p.x"),
        (".is-closed .x{display:none}", "div.is-closed p.x"),
        (".box.collapsed .x{display:none}", "div.box.collapsed p.x"),
        (".box--loading > .x{display:none}", "div.box--loading p.x"),
        (".x{display:none} .is-open .x{display:block}", "div p.x"),
        (".x{display:none} .x:not(.y){display:block}", "p.x"),
        (".hidden{display:none} @media(min-width:9px){.md\\:block{display:block}}", "p.hidden.md:block"),
        ("h1 + .x{display:none}", "p.x"),
        ("[data-a] .x{display:none}", "p.x"),
        (".menu:hover .x{display:none}", "div.menu p.x"),
    ] {
        assert!(!hides(css, path), "{css} {path}");
    }
}

#[test]
fn parts_of_sheets_count_where_they_apply() {
    for css in [
        "@media screen{.x{display:none}}",
        "@media only screen{.x{display:none}}",
        "@media screen, print{.x{display:none}}",
        "@media not print{.x{display:none}}",
        "@supports (display:grid){.x{display:none}}",
        "@layer base{.x{display:none}}",
        "@media all{@supports (display:flex){@layer a{.x{display:none}}}}",
        "@layer a{#k.x{display:block}} .x{display:none}",
        ".x{display:none!important} .x{display:block}",
        ".a:before{content:'}'} .x{display:none}",
        ".x{color:red;&:hover{display:block} display:none}",
        "@media print{.x{display:block}} .x{display:none}",
    ] {
        assert!(hides(css, "p.x#k"), "{css}");
    }
    for css in [
        "@media print{.x{display:none}}",
        "@media print and (min-width:1px){.x{display:none}}",
        "@media (min-width:1px){.x{display:none}}",
        "@supports not (display:grid){.x{display:none}}",
        "@supports (-ms-ime-align:auto){.x{display:none}}",
        "@container (min-width:1px){.x{display:none}}",
        "@font-face{font-family:x}@page{display:none}",
        "@layer a{.x{display:none}} p{display:block}",
        ".x{color:red;&.y{margin:0;display:none}}",
        ".x{&:hover{color:red;display:none}}",
        ".a:before{content:'{'} .b{color:red} .x{display:none} .x{display:inline}",
    ] {
        assert!(!hides(css, "p.x#k"), "{css}");
    }
}

#[test]
fn sheets_without_end_cost_what_is_read_of_them() {
    let many: String = (0..30_000).map(|n| format!(".a .b{n} .c{n}{{display:none}}")).collect();
    assert!(!hides(&many, "p.x"));
    let deep = "@media all{".repeat(20_000);
    assert!(!hides(&deep, "p.x"));
    let nested = ".x{".repeat(20_000);
    assert!(!hides(&nested, "p.x"));
    let same: String = (0..1000).map(|n| format!(".x{{top:{n}px}}")).collect();
    assert!(hides(&format!("{same}.x{{display:none}}"), "p.x"));
}
