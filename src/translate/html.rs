//! HTML as blocks: tags stay byte for byte, text between block elements is translated in one go.
//!
//! The tokenizer of the crate `html5gum` says where each tag stands, and the tags themselves are copied from the source,
//! so attributes, quotes and case are what they were. No tree is built: what a browser would repair stays broken in the
//! same way. `translate="no"`, `class="notranslate"`, code, scripts and styles stay whole, and so does a raised figure with
//! what it raises: 10<sup>6</sup> is one number, and the mark of a footnote goes with its word. What a program reads inside the
//! text, `{{ a && b }}`, has the bytes that it had, and the numbered tags of one, `<0>`, are tags. Where a tag says in which of
//! our languages its text is, it says the new one. Not here: where inline tags go in a translated sentence (`place`).

use std::ops::Range;

use html5gum::{DefaultEmitter, HtmlString, Span, StartTag, Token, Tokenizer};

use super::inline::{Block, Fixed, MarkKind, Part};
use super::raised::{self, Raised};
use super::shown::{BLANKS, Shown, folded};
use super::tag_language::renamed;
use super::{message, protect};
use crate::language::Language;

/// Elements that stand inside a sentence, those of XLIFF among them. All others end it.
const INLINE: [&str; 47] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "img", "ins",
    "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "wbr", "o:p", "g", "x", "bx", "ex", "mrk", "pc", "sc", "ec", "ph", "bpt", "ept", "it",
];
/// Elements whose text is no prose. Those of XLIFF with two or three letters hold the code of another format.
const OPAQUE: [&str; 20] = [
    "code",
    "kbd",
    "samp",
    "var",
    "pre",
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "math",
    "textarea",
    "iframe",
    "object",
    "xmp",
    "plaintext",
    "ph",
    "bpt",
    "ept",
    "it",
];
/// Opaque elements that stand inside a sentence, so that it goes on behind them.
const INLINE_OPAQUE: [&str; 10] = ["code", "kbd", "samp", "var", "svg", "math", "ph", "bpt", "ept", "it"];
/// Elements without content.
const VOID: [&str; 17] = [
    "area", "base", "br", "bx", "col", "embed", "ex", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "x",
];

/// Bytes of an opaque element inside a sentence that a translator is shown.
const LONGEST_SURFACE: usize = 200;

/// The parts of an HTML text that will be in the language `to`.
pub(super) fn read(html: &str, to: Language) -> Vec<Part> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader {
        html,
        to,
        done: 0,
        parts: Vec::new(),
        block: Block::default(),
        tail: String::new(),
        skipped: None,
        raised: None,
    };
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        reader.take(token);
    }
    reader.finish()
}

/// Plain text as HTML has it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

struct Reader<'a> {
    html: &'a str,
    to: Language,
    /// Bytes of the source that are in a part or in the block.
    done: usize,
    parts: Vec<Part>,
    block: Block,
    /// The blanks that the text of the block ends with, as the source has them.
    tail: String,
    skipped: Option<Skipped>,
    raised: Option<Opened>,
}

/// A `sup` or `sub` that is open, and how much the block had before it.
struct Opened {
    name: HtmlString,
    /// Its first byte.
    start: usize,
    text: usize,
    marks: usize,
    fixed: usize,
}

/// An element that stays whole.
struct Skipped {
    name: HtmlString,
    /// Its first byte.
    start: usize,
    /// Elements of its name that are open.
    depth: usize,
    /// Its text as a reader sees it.
    surface: String,
    inline: bool,
}

impl Reader<'_> {
    fn take(&mut self, token: Token<usize>) {
        match token {
            Token::StartTag(tag) => self.open(&tag),
            Token::EndTag(tag) => self.close(&tag.name, tag.span),
            Token::String(text) => self.text(&String::from_utf8_lossy(&text.value), text.span),
            Token::Comment(_) if self.skipped.is_some() => {}
            Token::Comment(comment) => {
                let raw = self.raw(comment.span);
                let closes = raw.strip_prefix("</").and_then(|rest| rest.strip_suffix('>')).is_some_and(is_number);
                self.block.mark(raw, if closes { MarkKind::Close } else { MarkKind::Alone });
            }
            Token::Doctype(doctype) => self.border(doctype.span),
            Token::Error(_) => {}
        }
    }

    fn open(&mut self, tag: &StartTag<usize>) {
        if let Some(skipped) = &mut self.skipped {
            skipped.depth += usize::from(skipped.name == tag.name);
            return;
        }
        let name = lower(&tag.name);
        let inline = INLINE.contains(&name.as_str());
        let void = VOID.contains(&name.as_str()) || tag.self_closing;
        if !void && (OPAQUE.contains(&name.as_str()) || stays(tag)) {
            let inline = inline || INLINE_OPAQUE.contains(&name.as_str());
            let (name, start) = (tag.name.clone(), tag.span.start);
            self.skipped = Some(Skipped { name, start, depth: 1, surface: String::new(), inline });
        } else if inline {
            if [&b"sup"[..], b"sub"].contains(&&tag.name[..]) && self.raised.is_none() {
                let Block { text, marks, fixed, .. } = &self.block;
                let (text, marks, fixed) = (text.len(), marks.len(), fixed.len());
                self.raised = Some(Opened { name: tag.name.clone(), start: tag.span.start, text, marks, fixed });
            }
            let raw = self.named(tag);
            self.block.mark(raw, if void { MarkKind::Alone } else { MarkKind::Open });
        } else {
            self.flush();
            let raw = self.named(tag);
            self.parts.push(Part::Raw(raw));
        }
    }

    /// The source of a tag, with the new language where it names the old one.
    fn named(&mut self, tag: &StartTag<usize>) -> String {
        let raw = self.raw(tag.span);
        match [&b"lang"[..], b"xml:lang", b"content"].iter().any(|name| tag.attributes.contains_key(*name)) {
            true => renamed(&raw, &lower(&tag.name), self.to),
            false => raw,
        }
    }

    fn close(&mut self, name: &HtmlString, span: Span) {
        match &mut self.skipped {
            Some(skipped) if skipped.name == *name && skipped.depth > 1 => skipped.depth -= 1,
            Some(skipped) if skipped.name == *name => self.keep(span.end),
            Some(_) => {}
            None if INLINE.contains(&lower(name).as_str()) => {
                let raw = self.raw(span);
                self.block.mark(raw, MarkKind::Close);
                if let Some(opened) = self.raised.take_if(|opened| opened.name == *name) {
                    self.raise(&opened, span.end);
                }
            }
            None => self.border(span),
        }
    }

    /// A `sup` or `sub` has come to its end: what is no text becomes a part that stays, or the mark of a footnote.
    fn raise(&mut self, opened: &Opened, end: usize) {
        let block = &mut self.block;
        let linked = block.marks.len() > opened.marks + 2 || block.fixed.len() > opened.fixed;
        let (before, inside) = block.text.split_at(opened.text);
        // A number that has tags of its own is left as it is.
        let marked = block.marks[..opened.marks].last().map_or(0, |mark| mark.at);
        let marked = marked.max(block.fixed[..opened.fixed].last().map_or(0, |fixed| fixed.range.end));
        let place = if opened.name[..] == *b"sub" { raised::Place::Below } else { raised::Place::Above };
        let raw = self.html.get(opened.start..end).unwrap_or_default();
        match raised::read(before, inside, place) {
            Some(Raised::Figure { base, surface }) if !linked => {
                let start = if base < marked { opened.text } else { base };
                let block = &mut self.block;
                let number = escape(&block.text[start..opened.text]);
                block.text.truncate(opened.text);
                block.marks.truncate(opened.marks);
                block.text.push_str(&surface);
                block.fixed.push(Fixed::plain(start..block.text.len(), &format!("{number}{raw}")));
            }
            Some(_) => self.footnote(opened, raw),
            None => {}
        }
    }

    fn footnote(&mut self, opened: &Opened, raw: &str) {
        self.block.text.truncate(opened.text);
        self.block.marks.truncate(opened.marks);
        self.block.fixed.truncate(opened.fixed);
        self.block.mark(raw.to_owned(), MarkKind::Behind);
    }

    /// An element that stays has come to its end.
    fn keep(&mut self, end: usize) {
        let Some(skipped) = self.skipped.take() else { return };
        let span = Span { start: skipped.start, end };
        let surface = folded(&skipped.surface);
        match surface.trim() {
            _ if !skipped.inline => self.border(span),
            surface if surface.is_empty() || surface.len() > LONGEST_SURFACE => {
                let raw = self.raw(span);
                self.block.mark(raw, MarkKind::Alone);
            }
            surface => {
                let raw = self.raw(span);
                self.block.fix(surface, &raw);
            }
        }
    }

    fn text(&mut self, text: &str, span: Span) {
        if let Some(skipped) = &mut self.skipped {
            skipped.surface.push_str(text);
            return;
        }
        self.done = span.end;
        let source = self.html.get(span.start..span.end).unwrap_or_default();
        let (mut tags, mut sources) = (numbered_tags(text), numbered_tags(source));
        // Where one is written as text, `&lt;0&gt;`, none can be told from the others.
        if tags.len() != sources.len() {
            (tags, sources) = (Vec::new(), Vec::new());
        }
        let (mut done, mut read) = (0, 0);
        for (tag, raw) in tags.into_iter().zip(sources) {
            self.prose(&text[done..tag.start], &source[read..raw.start]);
            let kind = if source[raw.clone()].ends_with("/>") { MarkKind::Alone } else { MarkKind::Open };
            self.block.mark(source[raw.clone()].to_owned(), kind);
            (done, read) = (tag.end, raw.end);
        }
        self.prose(&text[done..], &source[read..]);
    }

    /// Text without tags, and its source.
    fn prose(&mut self, text: &str, source: &str) {
        let blank = |c: char| BLANKS.contains(&c);
        let first = self.block == Block::default();
        let body = if first { text.trim_start_matches(blank) } else { text };
        if body.len() < text.len() {
            self.parts.push(Part::Raw(text[..text.len() - body.len()].to_owned()));
        }
        let end = body.trim_end_matches(blank).len();
        if end > 0 {
            self.tail.clear();
        }
        self.tail.push_str(&body[end..]);
        let shown = Shown::of(body, if first { source.trim_start_matches(blank) } else { source });
        // The branches of a message are text.
        let messages = message::messages(&shown.text);
        let mut done = 0;
        for range in protect::spans(&shown.text) {
            let next = messages.partition_point(|message| message.range.end <= range.start);
            if messages.get(next).is_some_and(|message| message.has_branches() && message.range.start < range.end) {
                continue;
            }
            let surface = &shown.text[range.clone()];
            // Most are written with the bytes that they had in any case.
            let Some(raw) = shown.source_of(range.clone()).filter(|raw| *raw != escape(surface)) else { continue };
            self.push(&shown.text[done..range.start]);
            self.block.fix(surface, raw);
            done = range.end;
        }
        self.push(&shown.text[done..]);
    }

    /// Adds text to the block; two blanks in a row are one, and one behind something that is seen itself goes with that.
    fn push(&mut self, text: &str) {
        let Block { text: own, marks, .. } = &mut self.block;
        let doubled = own.ends_with(' ') && text.starts_with(' ');
        if doubled
            && let Some(mark) = marks.last_mut().filter(|mark| mark.at == own.len() && mark.kind == MarkKind::Alone)
        {
            mark.raw.push(' ');
        }
        own.push_str(if doubled { &text[1..] } else { text });
    }

    /// Ends the block. Blanks around its text are raw, so that they come through as they are.
    fn flush(&mut self) {
        self.raised = None;
        let mut block = std::mem::take(&mut self.block);
        let tail = std::mem::take(&mut self.tail);
        let end = block.text.trim_end_matches(' ').len();
        // A mark behind the last blank is followed by nothing, and a fixed part there ends with no blank.
        if end < block.text.len() {
            block.text.truncate(end);
            block.marks.iter_mut().for_each(|mark| mark.at = mark.at.min(end));
            self.parts.extend([Part::Block(block), Part::Raw(tail)]);
        } else {
            self.parts.push(Part::Block(block));
        }
    }

    /// The source of a tag, which is done with it.
    fn raw(&mut self, span: Span) -> String {
        self.done = span.end;
        self.html.get(span.start..span.end).unwrap_or_default().to_owned()
    }

    /// The end of a block.
    fn border(&mut self, span: Span) {
        if self.skipped.is_none() {
            self.flush();
            let raw = self.raw(span);
            self.parts.push(Part::Raw(raw));
        }
    }

    /// What never came to its end stays as it is.
    fn finish(mut self) -> Vec<Part> {
        self.flush();
        self.parts.push(Part::Raw(self.html.get(self.done..).unwrap_or_default().to_owned()));
        self.parts
    }
}

fn lower(name: &HtmlString) -> String {
    String::from_utf8_lossy(name).to_lowercase()
}

/// The author wants this element left alone.
fn stays(tag: &StartTag<usize>) -> bool {
    let value = |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).to_lowercase());
    let no = value(b"translate").is_some_and(|value| value.trim() == "no");
    no || value(b"class").is_some_and(|classes| classes.split_whitespace().any(|class| class == "notranslate"))
}

/// The tags that programs number, `<0>` and `<0/>`. Those that close are no text to a browser.
fn numbered_tags(text: &str) -> Vec<Range<usize>> {
    let tag = |(at, _): (usize, &str)| {
        let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let rest = &text[at + 1 + digits..];
        let close = if rest.starts_with("/>") { 2 } else { usize::from(rest.starts_with('>')) };
        (digits > 0 && close > 0).then_some(at..at + 1 + digits + close)
    };
    text.match_indices('<').filter_map(tag).collect()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::inline::Piece;
    use super::super::job::Rendered;
    use super::*;
    use crate::language::Language;

    /// The document with each sentence through `change`.
    fn through(html: &str, change: fn(&str) -> String) -> String {
        let mut out = String::new();
        for part in read(html, Language::Uk) {
            match part {
                Part::Raw(raw) => out.push_str(&raw),
                Part::Block(block) => {
                    for piece in block.pieces(Language::En, escape) {
                        match piece {
                            Piece::Gap(gap) => out.push_str(&gap),
                            Piece::Phrase(phrase) => {
                                let text = change(&phrase.text);
                                out.push_str(&phrase.write(&Rendered::kept(&text), escape, &|_| None));
                            }
                        }
                    }
                }
            }
        }
        out
    }

    #[test]
    fn tags_come_through_byte_for_byte() {
        let html = "<!DOCTYPE html>\n<P Class='a>b' data-x=\"&quot;\">Tom &amp; Ann <B>left</B ><br/>early.<!-- no --></p>\
            <script>if (a<b) \"x\"</script><pre> code\n  </pre> end &lt;3 <a hre";
        let kept = through(html, str::to_owned);
        assert_eq!(kept, html);
        let shouted = through(html, str::to_uppercase);
        assert!(
            shouted.contains("<P Class='a>b' data-x=\"&quot;\">TOM &amp; ANN <B>LEFT</B ><br/>EARLY.<!-- no --></p>"),
            "{shouted}"
        );
        assert!(shouted.contains("if (a<b) \"x\"") && shouted.ends_with("END &lt;3 <a hre"), "{shouted}");
    }

    #[test]
    fn what_should_stay_stays() {
        let mention =
            "<span class=\"h-card\" translate=\"no\"><a href=\"https://a.ua/@ann\">@<span>ann</span></a></span>";
        let html = format!("<p>{mention} wrote <code>x = 1;</code> to <b class=\"notranslate\">Acme</b></p>");
        let blocks: Vec<_> = read(&html, Language::Uk)
            .into_iter()
            .filter_map(|part| if let Part::Block(block) = part { Some(block) } else { None })
            .collect();
        let block = blocks.iter().find(|block| !block.text.is_empty()).unwrap();
        assert_eq!(block.text, "@ann wrote x = 1; to Acme");
        assert_eq!(block.fixed[0].raw, mention);
        assert_eq!(
            through(&html, |text| text.replace("wrote", "пише").replace(" to", " для")),
            html.replace("wrote", "пише").replace(" to", " для")
        );
        assert_eq!(
            through("<div translate=no><p>One.</p><div>Two.</div></div><p>Three.", str::to_uppercase),
            "<div translate=no><p>One.</p><div>Two.</div></div><p>THREE."
        );
    }

    #[test]
    fn what_a_program_reads_has_its_bytes() {
        for (html, from, to) in [
            ("<p>{% if n > 1 %}Many{% endif %} letters</p>", "letters", "листів"),
            ("<p>{% if n < 2 %}One{% endif %} letter</p>", "letter", "лист"),
            ("<p>All {{ a && b }} of &lt;5 &amp; {{ c &amp;&amp; d }}</p>", "All", "Усі"),
            ("<p>{{ a\r\n   > b }}  left</p>", "left", "пішли"),
            ("<p>See https://a.ua/?b=1&copy=2&d=3 &amp; https://a.ua/?b=1&amp;c=2 now</p>", "See", "Див."),
            ("<p>Sent {0,choice,0#no & none|1<{0} files} today</p>", "today", "сьогодні"),
            ("<p>Sent {n, plural, one {a &gt; b} other {# &gt; b}} today &#128077;</p>", "today", "сьогодні"),
        ] {
            assert_eq!(through(html, str::to_owned), html.replace("}}  left", "}} left"));
            let turned = html.replace(from, to).replace("}}  пішли", "}} пішли");
            let mut changed = read(html, Language::Uk).into_iter().filter_map(|part| match part {
                Part::Block(block) if block.text.contains(from) => Some(block),
                _ => None,
            });
            let block = changed.next_back().unwrap();
            let target = block.text.replace(from, to);
            let written = block.write(&Rendered::kept(&target), escape, &|_| None);
            assert!(turned.contains(&written) && written.contains(to), "{written} / {turned}");
        }
    }

    #[test]
    fn the_tags_of_xliff_and_of_programs_stand_inside_a_sentence() {
        for html in [
            "<p>Click <g id=\"1\">here</g> to <mrk mtype=\"x\">read</mrk> it.</p>",
            "<p>Click <x id=\"1\"/> and <x id=\"2\"> now.</p>",
            "<p>Sent <ph id=\"1\">{0}</ph> to <bpt id=\"1\">&lt;b&gt;</bpt>all<ept id=\"1\">&lt;/b&gt;</ept> of <it>&lt;i></it> us.</p>",
            "<p>Please <0>read</0> <1/> and <2>stay<3/></2> here.</p>",
            "<p>Write &lt;0&gt; and <0>read</0> it.</p>",
        ] {
            let blocks = read(html, Language::Uk)
                .into_iter()
                .filter(|part| matches!(part, Part::Block(block) if !block.text.is_empty()));
            assert_eq!(blocks.count(), 1, "{html}");
            assert_eq!(through(html, str::to_owned), html);
        }
        let links = "<p>Please <0>read</0> it <1/>.</p>";
        let turn = |text: &str| text.replace("Please", "Прошу").replace("read", "читати").replace("it", "це");
        assert_eq!(through(links, turn), "<p>Прошу <0>читати</0> це <1/>.</p>");
        let code = "<p>Sent <ph id=\"1\">read it</ph> to us</p>";
        assert_eq!(through(code, |text| text.replace("to us", "нам")), "<p>Sent <ph id=\"1\">read it</ph> нам</p>");
    }

    #[test]
    fn broken_html_is_no_reason_to_stop() {
        for html in [
            "<",
            "<b",
            "</",
            "a<b>c",
            "<p translate=no>x",
            "<!--",
            "&",
            "&#0;",
            "<a href='",
            "\0",
            "<b></i></b></p>",
            "<![CDATA[x",
        ] {
            let out = through(html, str::to_owned);
            assert_eq!(
                out.matches('<').count() + out.matches("&lt;").count(),
                html.matches('<').count(),
                "{html} -> {out}"
            );
        }
        let deep = "<b>".repeat(50_000) + "x" + &"</b>".repeat(50_000);
        assert_eq!(through(&deep, |_| "y".to_owned()).matches("<b>").count(), 50_000);
    }
}
