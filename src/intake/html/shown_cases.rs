//! What of a page is seen: hidden and struck-out text in the forms in which pages have it, raised numbers, quotations,
//! lists of definitions, entities that were escaped twice.

use super::*;

/// The pieces of a page one below the other, and what was left out.
fn seen(html: &str) -> (String, Vec<(Reason, String)>) {
    let page = read(html, 1 << 20).unwrap();
    let pieces = page.pieces.iter().map(|piece| piece.text.split_whitespace().collect::<Vec<_>>().join(" "));
    let unseen = page.unseen.into_iter().map(|piece| (piece.reason, piece.text));
    (pieces.collect::<Vec<_>>().join("\n"), unseen.collect())
}

use crate::intake::Reason;

fn text(html: &str) -> String {
    seen(html).0
}

#[test]
fn what_is_hidden_is_left_out_and_told() {
    for hidden in [
        "<p hidden>99 cats</p>",
        "<p hidden>99 cats",
        "<h2 hidden>99 cats</h2>",
        "<div hidden=''><section><p>99 cats</p></section></div>",
        "<p><span style='display:none'>99 cats</span></p>",
        "<p><b style='DISPLAY: None !important;'>99 <i>cats</i></b></p>",
        "<div style=\"visibility: hidden\"><p>99 cats</p></div>",
        "<p style='font-size:0'>99 cats</p>",
        "<p style='opacity:0'>99 cats</p>",
        "<p style='position:absolute;left:-9999px'>99 cats</p>",
        "<p style='text-indent:-9999px'>99 cats</p>",
        "<p style='color:#fff;background-color:white'>99 cats</p>",
        "<div style='background:#ffffff'><p style='color:rgb(255,255,255)'>99 cats</p></div>",
        "<table><tr><td bgcolor='#FFFFFF'><font color='#ffffff'>99 cats</font></td></tr></table>",
        "<p class='sr-only'>99 cats</p>",
        "<p><span class='x visually-hidden'>99 cats</span></p>",
        "<span class=screen-reader-text>99 cats</span>",
        "<template><p>99 cats</p></template>",
        "<noscript><p>99 cats</p></noscript>",
        "<dialog><p>99 cats</p></dialog>",
        "<div popover><p>99 cats</p></div>",
        "<style>.promo, p.x { display: none }</style><div class='a promo'><p>99 cats</p></div>",
        "<style>#seo{position:absolute;left:-5000px}</style><p id=seo>99 cats</p>",
        "<style>.x{font-size:0}</style><p class=x>99 cats</p>",
        "<style>.x{font-size:0}</style><div class=x><p class=y>99 cats</p></div>",
        "<style>.x{color:transparent}</style><p class=x>99 cats</p>",
        "<style>.x{color:#fff;background:#fff}</style><p class=x>99 cats</p>",
        "<style>.w{background:#fff}.x{color:#fff}</style><div class=w><p class=x>99 cats</p></div>",
        "<style>.ad .x{display:none}</style><div class=ad><div><p class=x>99 cats</p></div></div>",
        "<style>.ad > p{visibility:hidden}</style><div class=ad><p>99 cats</p></div>",
        "<style>@media screen{@supports (display:grid){.x{display:none}}}</style><p class=x>99 cats</p>",
        "<style>.x{position:absolute}</style><p class=x style='left:9999px'>99 cats</p>",
        "<p style='color:transparent'>99 cats</p>",
        "<p style='color:rgba(0,0,0,0)'>99 <b>cats</b></p>",
        "<p style='opacity:.01'>99 cats</p>",
        "<p style='transform:translateX(-9999px)'>99 cats</p>",
        "<a href='/x' style='display:none'>99 cats</a>",
        "<ul><li hidden>99 cats<li>One item</ul>",
    ] {
        let (text, unseen) = seen(&format!("<html><body><p>Before it.</p>{hidden}<p>Behind it.</p>"));
        assert!(!text.contains("cats"), "{hidden}: {text}");
        assert!(text.starts_with("Before it.") && text.ends_with("Behind it."), "{hidden}: {text}");
        assert_eq!(unseen, [(Reason::Hidden, "99 cats".to_owned())], "{hidden}");
    }
}

#[test]
fn what_is_seen_stays() {
    for shown in [
        "<details><summary>More</summary><p>99 cats</p></details>",
        "<dialog open><p>99 cats</p></dialog>",
        "<div style='visibility:hidden'><p style='visibility:visible'>99 cats</p></div>",
        "<div style='font-size:0'><p style='font-size:16px'>99 cats</p></div>",
        "<p style='color:#fff'>99 cats</p>",
        "<div style='background:#fff'><div class=dark><p style='color:#fff'>99 cats</p></div></div>",
        "<p style='opacity:0;transform:translateY(20px)'>99 cats</p>",
        "<p class='sr-only-not'>99 cats</p>",
        "<style>.tab{display:none}.tab.on{display:block}</style><p class='tab on'>99 cats</p>",
        "<style>.m{display:none}@media(min-width:600px){.m{display:block}}</style><p class=m>99 cats</p>",
        "<!-- <style>p{display:none}</style> --><p>99 cats</p>",
        "<style media=print>p{display:none}</style><p>99 cats</p>",
        "<link rel=stylesheet href=a.css><style>.x{font-size:0}</style><div class=x><p class=y>99 cats</p></div>",
        "<link rel=stylesheet href=a.css><style>.w{background:#fff}.x{color:#fff}</style><div class=w><p class=x>99 cats</p></div>",
        "<style>.w{background:#fff}.x{color:#fff;position:absolute}</style><div class=w><p class=x>99 cats</p></div>",
        "<style>.x{color:transparent;background:linear-gradient(red,blue);background-clip:text}</style><p class=x><b>99 cats</b></p>",
        "<style>.x{color:transparent}</style><p class=x><span style='color:red'>99 cats</span></p>",
        "<style>.no-js .x{display:none}</style><div class=no-js><p class=x>99 cats</p></div>",
        "<style>.x{display:none}.x{display:block!important}</style><p class=x style='display:none'>99 cats</p>",
        "<style>body{visibility:hidden}</style><p>99 cats</p>",
        "<p><span aria-hidden=true>99 cats</span></p>",
        "<p hidden>no</p><div><p>99 cats</p></div>",
        "<div><span style='display:none'>no</div><p>99 cats</p>",
        "<table><tr><td hidden>no<tr><td>99 cats</table>",
        "<input hidden><p>99 cats</p>",
    ] {
        assert!(text(&format!("<html><body><p>Before it.</p>{shown}<p>Behind it.</p>")).contains("99 cats"), "{shown}");
    }
}

#[test]
fn what_is_struck_out_is_left_out_and_told() {
    for struck in [
        "<del>112</del>",
        "<s>112</s>",
        "<strike>112</strike>",
        "<span style='text-decoration:line-through'>112</span>",
        "<span style='text-decoration-line: line-through'>112</span>",
        "<style>.old{text-decoration:line-through}</style><b class=old>112</b>",
    ] {
        let (text, unseen) = seen(&format!("<p>There are {struck} <ins>121</ins> stalls.</p>"));
        assert_eq!(text, "There are 121 stalls.", "{struck}");
        assert_eq!(unseen, [(Reason::Struck, "112".to_owned())]);
    }
    assert_eq!(text("<p>It <s>cost 3.1</p><p>The hall opened.</p>"), "It\nThe hall opened.");
}

#[test]
fn raised_numbers_change_no_number() {
    for (html, wanted) in [
        ("10<sup>6</sup> litres on 1 200 m<sup>2</sup>", "10⁶ litres on 1 200 m²"),
        ("за ст. 191<sup>1</sup> КК", "за ст. 191¹ КК"),
        ("the 21<sup>st</sup> of May<sup>[3]</sup>, for", "the 21st of May, for"),
        ("CO<sub>2</sub> and H<sub>2</sub>O", "CO₂ and H₂O"),
        ("the report<sup><a href='#fn2'>2</a></sup> said", "the report said"),
        ("15<sup><a href='#cite_note-2'>2</a></sup> years", "15 years"),
        ("15<a href='#fn:2'><sup>2</sup></a> years", "15 years"),
        ("15<a href='#footnote-2'>[2]</a> years", "15 years"),
        ("the <a href='#note'>whole note</a> here", "the whole note here"),
        ("15<sup class='footnote-ref'>2</sup> years", "15 years"),
        ("he left.<sup>4</sup> She stayed*<sup>*</sup>", "he left. She stayed*"),
        ("about <sup>1</sup>/<sub>2</sub> of it", "about ¹/₂ of it"),
        ("about <sup>1</sup> of it", "about of it"),
        ("It began in 2019<sup>3</sup>, when", "It began in 2019, when"),
        ("за ст. 130<sup>2</sup> КК", "за ст. 130² КК"),
    ] {
        assert_eq!(text(&format!("<p>{html}</p>")), wanted, "{html}");
    }
    assert_eq!(text("<p>Held 10<sup>6<p>The next one.</p>"), "Held 10⁶\nThe next one.");
}

#[test]
fn quotations_get_their_marks() {
    for (html, wanted) in [
        ("The roof is <q>a danger to us</q>, he said.", "The roof is “a danger to us”, he said."),
        ("Дах — <q>небезпека</q>, сказав він.", "Дах — «небезпека», сказав він."),
        ("Дах — <q>небезпека, <q>звіт</q> про це</q>.", "Дах — «небезпека, „звіт“ про це»."),
        ("She read <q>the <q>last</q></q>.", "She read “the ‘last’”."),
        ("She read <q>“the last”</q>.", "She read “the last”."),
        ("She read <q></q> it <q>never ended", "She read it “never ended”"),
    ] {
        assert_eq!(text(&format!("<p>{html}</p>")), wanted, "{html}");
    }
}

#[test]
fn definitions_stand_behind_their_terms() {
    for html in [
        "<dl><dt>Opening</dt><dd>11 March</dd><dt>Stalls:</dt><dd>121</dd></dl>",
        "<dl><dt>Opening<dd>11 March<dt>Stalls:<dd>121</dl>",
        "<dl><div><dt><p>Opening</p></dt><dd><p>11 March</p></dd></div><div><dt><b>Stalls:</b></dt><dd>121</dd></div></dl>",
    ] {
        assert_eq!(text(html), "• Opening: 11 March\n• Stalls: 121", "{html}");
    }
    assert_eq!(text("<dl><dt>A<dt>B<dd>one<dd>two</dl><p>End"), "• A, B: one\n• A, B: two\nEnd");
    assert_eq!(text("<dl><dt>Alone</dl>"), "• Alone");
}

#[test]
fn entities_are_decoded_once_more_where_all_was_escaped_twice() {
    let twice = "<title>Tom&amp;#39;s</title><p>The council&amp;#39;s vote was &amp;quot;final&amp;quot;, said Pell &amp;amp; Sons.";
    assert_eq!(text(twice), "The council's vote was \"final\", said Pell & Sons.");
    assert_eq!(text("<p>The shop of Pell &amp;amp; Sons is closed."), "The shop of Pell & Sons is closed.");
    assert_eq!(text("<p>It is final &amp;mdash; said the mayor."), "It is final — said the mayor.");
    let about = "<p>Tom&amp;#39;s is written <code>&amp;#39;</code>.";
    assert_eq!(text(about), "Tom&#39;s is written &#39;.");
}

/// A deep page, and one of stray ends, cost what their length says: the reader has no step that looks through the stack.
#[test]
fn broken_pages_keep_their_text() {
    for broken in [
        "<b>",
        "<div>",
        "<p hidden>",
        "</div>",
        "</b>",
        "<q>",
        "<sup>",
        "<dl><dt>",
        "<s><p>",
        "<span style='display:none'></div>",
    ] {
        let page = format!("<p>Before it.</p>{}", broken.repeat(50_000));
        assert!(text(&page).starts_with("Before it."), "{broken}");
    }
}
