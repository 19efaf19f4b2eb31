#!/usr/bin/env python3
"""The web page in a real Chromium, on a gateway with a scripted engine.

    apt-get install chromium && python3 -m venv /tmp/venv && /tmp/venv/bin/pip install playwright
    cargo build --example scripted_gateway
    /tmp/venv/bin/python tests/page/page.py [--chromium /usr/bin/chromium] [--shots FOLDER]

Pastes, drops, streams, lights up evidence, copies, shows errors, changes the interface's language, goes dark and narrow,
uses the keyboard alone; fails on any console error and on any request to another origin. Writes screenshots to look at.
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/fixtures/en/harbour-bridge/page.txt").read_text()
HEADLINES = [
    "Halvmouth harbour bridge reopens after repair",
    "Міст у Галвмуті відкрили після ремонту",
    "Мост в Халвмуте открыли после ремонта",
]
KEY = "a-key-of-the-news-desk"


class Gateway:
    def __init__(self, binary, *arguments):
        self.process = subprocess.Popen([binary, *arguments], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def __enter__(self):
        return self.address

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0


class Watch:
    """What no page may do."""

    def __init__(self, page, address):
        self.faults = []
        self.expected = 0
        page.on("console", lambda it: self.faults.append(it.text) if it.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda it: None if it.url.startswith((address, "data:")) else self.faults.append("asked " + it.url))

    def refused(self, status):
        """A refusal that the test caused is in the console, and no fault."""
        self.faults = [fault for fault in self.faults if f"status of {status}" not in fault]


def contrast(page, selector):
    """The contrast of an element's text on what is behind it, as WCAG 2 counts it."""
    colors = page.eval_on_selector(selector, """(element) => {
        let behind = element;
        while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
        return [getComputedStyle(element).color, getComputedStyle(behind || document.body).backgroundColor];
    }""")

    def light(color):
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light = sorted(map(light, colors))
    return (light[1] + 0.05) / (light[0] + 0.05)


def streams(page, watch, shots):
    page.fill("#text", PAGE)
    page.click("#go")
    # The columns fill while the model writes: a headline is there before the answer is whole.
    expect(page.locator(".column h3").first).not_to_be_empty()
    expect(page.locator("#go")).to_be_disabled()
    expect(page.locator("#stop")).to_be_visible()
    page.wait_for_selector(".column .fact")
    page.screenshot(path=shots / "1-streaming.png", full_page=True)
    expect(page.locator("#go")).to_be_enabled(timeout=60_000)
    assert page.locator(".column h3").all_inner_texts() == HEADLINES
    assert page.locator(".fact").count() == 9
    assert "done in" in page.inner_text("#stage")
    fact = page.locator(".column").nth(1).locator(".fact").first
    fact.click()
    marked = page.locator("#article mark").all_inner_texts()
    assert len(marked) == 1 and "number 7 bus" in marked[0], marked
    expect(fact).to_have_attribute("aria-pressed", "true")
    page.screenshot(path=shots / "2-evidence.png", full_page=True)
    page.locator(".column").nth(2).locator(".fact").nth(1).click()
    marked = page.locator("#article mark").all_inner_texts()
    assert len(marked) == 1 and "22" in marked[0], marked
    page.locator(".column").nth(2).locator(".fact").nth(1).click()
    assert page.locator("#article mark").count() == 0


def copies(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for button, line in [("#copy-text", HEADLINES[1]), ("#copy-markdown", f"## {HEADLINES[1]}")]:
        page.click(button)
        expect(page.locator("#copied")).not_to_be_empty()
        lines = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert line in lines, lines
    assert any(line.startswith("- ") and line.endswith("\\[2\\]") for line in lines), lines


def languages(page, shots):
    for code, say in [("uk", "Стисло"), ("ru", "Вкратце"), ("en", "Summarise")]:
        page.click(f"[data-interface={code}]")
        assert page.inner_text("#go") == say
        assert page.get_attribute("html", "lang") == code
        empty = page.eval_on_selector_all("[data-say]", "all => all.filter(it => !it.textContent).map(it => it.dataset.say)")
        assert not empty, empty
        if code == "uk":
            page.screenshot(path=shots / "3-ukrainian.png", full_page=True)


def errors(page, watch, shots):
    page.fill("#text", "Too short.")
    page.click("#go")
    expect(page.locator("#problem")).to_contain_text("10 characters")
    page.screenshot(path=shots / "4-error.png", full_page=True)
    page.wait_for_timeout(100)
    watch.refused(422)
    page.fill("#text", " ")
    page.click("#go")
    expect(page.locator("#problem")).to_contain_text("Paste")


def markup(page):
    """Markup in an article is text here."""
    page.fill("#text", PAGE.replace("Halvmouth", "<img src=x onerror=alert(1)><b>Halvmouth</b>", 5))
    page.click("#go")
    expect(page.locator("#go")).to_be_enabled(timeout=60_000)
    assert page.locator("main img, main b").count() == 0
    assert "<b>Halvmouth</b>" in page.inner_text("#article")


def stops(page):
    page.fill("#text", PAGE + "\nAnother line, so that this is another article altogether.")
    page.click("#go")
    page.wait_for_selector(".column .fact")
    page.click("#stop")
    expect(page.locator("#stage")).to_have_text("stopped")
    expect(page.locator("#go")).to_be_enabled()


def drops(page):
    page.fill("#text", "")
    page.evaluate("""(text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], "page.txt", { type: "text/plain" }));
        document.getElementById("text").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }""", PAGE)
    expect(page.locator("#text")).to_have_value(re.compile(".{500}", re.S))


def keyboard(page):
    page.fill("#text", PAGE)
    page.focus("#text")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#go")).to_be_enabled(timeout=60_000)
    expect(page.locator(".fact")).to_have_count(9)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "fact":
            break
    page.keyboard.press("Enter")
    assert page.locator("#article mark").count() == 1
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "the focus is seen"


def compares(page):
    """Rows of a comparison, as the contract has them: the answer of the gateway with one put in."""
    def fulfil(route):
        answer = route.fetch()
        row = {"sentences": [2], "facts": {"en": 0, "uk": 0}}
        body = answer.text().replace('"comparison":null', '"comparison":' + str(row).join(['{"rows":[', "]}"]).replace("'", '"'))
        route.fulfill(response=answer, body=body)

    page.route("**/v1/summarize", fulfil)
    page.fill("#text", PAGE)
    page.click("#go")
    expect(page.locator("#comparison")).to_be_visible(timeout=60_000)
    cells = page.locator("#comparison tbody td").all_inner_texts()
    assert cells[0] == "2" and "bus" in cells[1] and "автобус" in cells[2] and cells[3] == "–", cells
    page.unroute("**/v1/summarize")


def looks(browser, address, shots):
    for name, scheme, width in [("5-dark", "dark", 1200), ("6-narrow", "light", 360), ("7-narrow-dark", "dark", 360)]:
        page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, locale="en-GB").new_page()
        watch = Watch(page, address)
        page.goto(address)
        page.fill("#text", PAGE)
        page.click("#go")
        expect(page.locator("#go")).to_be_enabled(timeout=60_000)
        page.locator(".fact").first.click()
        page.screenshot(path=shots / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
        for selector in ["body", "header p", "#go", ".column p", ".fact", ".fact .cited", "#article mark", "#hint", "footer a", "legend"]:
            assert contrast(page, selector) >= 4.5, (name, selector, contrast(page, selector))
        assert not watch.faults, watch.faults


def locked(browser, binary):
    with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
        keys.write(KEY)
        keys.flush()
        with Gateway(binary, "--keys", keys.name) as address:
            page = browser.new_context(locale="en-GB").new_page()
            watch = Watch(page, address)
            page.goto(address)
            page.fill("#text", PAGE)
            page.click("#go")
            expect(page.locator("#problem")).to_contain_text("API key")
            page.fill("#key", KEY)
            page.click("#go")
            expect(page.locator(".fact")).to_have_count(9, timeout=60_000)
            watch.refused(401)
            assert not watch.faults, watch.faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(ROOT / "target/debug/examples/scripted_gateway"))
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--shots", default=tempfile.mkdtemp(prefix="stislo-page-"))
    args = parser.parse_args()
    shots = pathlib.Path(args.shots)
    shots.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, Gateway(args.binary, "--pace", "40") as address:
        browser = playwright.chromium.launch(executable_path=args.chromium, args=["--no-sandbox"])
        page = browser.new_context(locale="en-GB", viewport={"width": 1200, "height": 900}).new_page()
        watch = Watch(page, address)
        page.goto(address)
        for step in [streams, copies, languages, errors, markup, stops, drops, keyboard, compares]:
            given = {"page": page, "watch": watch, "shots": shots}
            step(**{name: given[name] for name in step.__code__.co_varnames[: step.__code__.co_argcount]})
            assert not watch.faults, (step.__name__, watch.faults)
            print("ok", step.__name__)
        looks(browser, address, shots)
        print("ok looks")
        locked(browser, args.binary)
        print("ok locked")
        browser.close()
    print("screenshots:", shots)


if __name__ == "__main__":
    main()
