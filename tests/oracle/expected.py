"""Asks llama.cpp for the logits and tokens that our engine must give, and stores them in `expected/`.

    python expected.py                       the tiny models: logits, tokens of their vocabularies, chats
    python expected.py NAME REAL.gguf ...    the tokens of real vocabularies, as `NAME-real-tokens.json`; no weights are read
"""

import json
import sys
import tempfile
from pathlib import Path

import llama_cpp

import gemma3
import tiny_gguf
from llama import Model

OUT = Path(__file__).parent / "expected"
# Reaches symbols, merged tokens (256..296) and specials; some stand twice, so that only the position tells them apart.
PROMPT = [298, 71, 260, 17, 258, 288, 5, 270, 133, 33, 71, 260, 210, 199, 291, 266, 0, 77, 285, 255, 64, 297, 101, 42]
MIDDLE = 11
STEPS = [259, 13, 71, 296]

TINY_TEXTS = [
    "the thing in the rain",
    "There are  two   spaces, and a tab\there ",
    "It's 1919, not 19: they'll see what we've done.",
    "на початку про їжу",
    "Стаття про виставу в Києві, м'ята й п’ять яблук",
    "Сыр и стол стоят на полу: 19 рублей",
    "one\n\ntwo\n\n\nthree \n four\r\n\r\nfive",
    "typed <|im_end|> and <|im_start|>user as text",
    "emoji 🙂👍🏽 and dash — « »",
    "2024-05-31 1 000,50 ½ ²",
    "ababa abaab babab сон соон сосон ▁ ▁▁the",
    "a  b   c    d     e\n\n\n\nf \n g\u00a0h",
    "<b>bold</b> <b></b><eos><bos> <start_of_turn>model\n<0x0A> <0x41><unk>",
    "1 12 123 1234 12345 1\u00b2\u0663 v2.0 1,234.50",
    "I'M DON'T it'S we'Ve \u2019s 'tis rock'n'roll",
    "",
    " ",
]
# A marker of kind 4 (user-defined): llama.cpp finds it in any text, we never do.
TINY_USER_DEFINED = ["an <start_of_image> in an article"]
# Whole chats by the family's template, with the parts that a test puts together.
SYSTEM, SHARED, TAIL = "Be the one.\nNo more.", "1. The thing in the rain.\n2. Стаття про  Київ.\n", "\nWrite <eos>."
CHATS = {
    "gemma3-tied": f"<bos><start_of_turn>user\n{SYSTEM}\n\n{SHARED}%s<end_of_turn>\n<start_of_turn>model\n",
    "llama-tied": f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{SHARED}%s<|im_end|>\n<|im_start|>assistant\n",
    "llama-untied": f"<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{SYSTEM}<|eot_id|>"
    f"<|start_header_id|>user<|end_header_id|>\n\n{SHARED}%s<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
}
REAL_TEXTS = [
    "The council voted on Tuesday to extend the tram line by 6.5 km.",
    "It's what we've said: they'll pay, she'd agree, I'M SURE, DON'T you?",
    "Міська рада у вівторок проголосувала за продовження трамвайної лінії.",
    "Городской совет во вторник проголосовал за продление трамвайной линии.",
    "П'ять м'яких м’ячів під дубом; ʼінший апостроф",
    "Ґанок, її, єдність, щогодини; ёлка, объезд, съёмка, эхо, ы",
    "In 2024, 1,234,567 people (12.5%) paid $99.99 — or €1 000,50.",
    "+380 (44) 123-45-67, 31.05.2024 о 18:30, №7, 20°C, ½ ² Ⅷ ٣",
    "line one\nline two\n\nline four\n\n\n\nline eight",
    "windows\r\nlines\r\n\r\nhere\r",
    "trailing spaces   \n   leading spaces",
    "\n\nstarts with newlines and ends with them\n\n",
    "tabs\t\tand\u00a0no-break\u2009thin\u3000wide spaces",
    "typed <|im_end|> and <|im_start|>system\nas text <|endoftext|>",
    "<|im_end|>",
    "<think>\n\n</think>\n\n<tool>",
    "emoji 🙂👍🏽👨‍👩‍👧🇺🇦 end",
    "«Лапки», “quotes”, „Gänsefüßchen“ — і тире… та three dots...",
    "https://example.org/a_b?c=d&e=%D1%97#x user@example.com @name #тег",
    "snake_case camelCase НАТО ООН США COVID-19 F-16",
    "Łódź, naïve, Zürich, São Paulo, Tiếng Việt, 日本語 한국어 العربية",
    "- [12] факт\n- [3] другий факт\n\n1. перше\n2) друге",
    "Ы" * 9 + "а" * 17 + "!" * 12 + "=" * 33,
    " leading space",
    "   ",
    "",
    "У селищі біля Дніпра минулого літа відкрили невелику бібліотеку. Спершу в ній було лише 340 книжок, які принесли "
    "мешканці, але до осені фонд зріс утричі.\n\nЗавідувачка каже: «Ми не чекали, що діти приходитимуть щодня». Тепер "
    "громада шукає 120 тис. грн на опалення.",
    "Летом в посёлке у реки открыли небольшую библиотеку. Сначала в ней было лишь 340 книг, которые принесли жители, но "
    "к осени фонд вырос втрое.\n\nЗаведующая говорит: «Мы не ждали, что дети будут приходить каждый день».",
]
# llama.cpp takes the text as it comes. A tokenizer that composes first (NFC, as Qwen2's tokenizer.json asks) gives other
# ids here, so a test must know which of the two it wants.
DECOMPOSED = ["и\u0306 і\u0308 е\u0308 Cafe\u0301", "за\u0301мок і замо\u0301к", "\u1100\u1161 \u212b \u2126"]

# Kind 4 (user-defined) in the real file: llama.cpp finds such tokens even when it is asked to read no specials.
USER_DEFINED = ["<tool_call> in an article", "a </tool_call>b"]


def rounded(row):
    return [round(float(x), 6) for x in row]


def brief(row):
    """A decode step in short: the first logits and the largest."""
    top = sorted(range(len(row)), key=lambda i: -row[i])[:8]
    return {"first": rounded(row[:32]), "top": [[i, round(float(row[i]), 6)] for i in top]}


def logits(name, path):
    """Prefill of PROMPT, then STEPS one by one."""
    model = Model(path, context=tiny_gguf.CONTEXT)
    prefill = model.forward(PROMPT, 0, every=True)
    steps = [model.forward([token], len(PROMPT) + i)[0] for i, token in enumerate(STEPS)]
    found = {
        "model": name,
        "gguf_fnv1a64": f"{tiny_gguf.fnv1a64(path.read_bytes()):016x}",
        "oracle": f"llama-cpp-python {llama_cpp.__version__}, CPU, f32 cache, no flash attention",
        "prompt": PROMPT,
        "prefill": {"middle_position": MIDDLE, "middle": rounded(prefill[MIDDLE]), "last": rounded(prefill[-1])},
        "steps": [{"token": token} | brief(row) for token, row in zip(STEPS, steps)],
        "after_steps": rounded(steps[-1]),
    }
    if name.startswith("gemma3"):
        exact = gemma3.logits(PROMPT + STEPS, tied=name.endswith("-tied"))
        found["float64"] = {"last": rounded(exact[len(PROMPT) - 1]), "after_steps": rounded(exact[-1])}
    return found


def tokens(path, texts, user_defined=()):
    """Ids of every text, with no specials read and none added."""
    model = Model(path)
    pairs = lambda some: [{"text": text, "ids": model.tokenize(text)} for text in some]
    return {
        "oracle": f"llama-cpp-python {llama_cpp.__version__}, add_special=false, parse_special=false",
        "begin": model.begin(),
        "texts": pairs(texts),
        "decomposed": pairs(DECOMPOSED),
    } | ({"user_defined": pairs(user_defined)} if user_defined else {})


def chats(paths):
    """Chats with control tokens read, the tail apart, for it is encoded apart."""
    for name, template in CHATS.items():
        model = Model(paths[name])
        before, after = template.split("%s")
        ids = [model.tokenize(before, specials=True), model.tokenize(TAIL), model.tokenize(after, specials=True)]
        yield {"model": name, "system": SYSTEM, "shared": SHARED, "tail": TAIL, "before": ids[0], "after": ids[1] + ids[2]}


def save(name, value):
    """Writes JSON with one line for each top-level key, and for each text."""
    one = lambda x: json.dumps(x, ensure_ascii=False, separators=(",", ":"))
    many = lambda x: "[\n  " + ",\n  ".join(map(one, x)) + "\n ]"
    rows = lambda x: isinstance(x, list) and isinstance(x[0], dict)
    lines = [f" {one(key)}: {many(item) if rows(item) else one(item)}" for key, item in value.items()]
    path = OUT / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(path.name, path.stat().st_size)


def main():
    OUT.mkdir(exist_ok=True)
    for name, path in zip(sys.argv[1::2], sys.argv[2::2]):
        save(f"{name}-real-tokens", tokens(path, REAL_TEXTS, USER_DEFINED if name == "qwen2" else ()))
    if len(sys.argv) > 1:
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = tiny_gguf.write_all(folder)
        for name, path in paths.items():
            save(name, logits(name, path))
        for name in ["qwen2-tied", "gemma3-tied", "gemma3-untied", "llama-tied", "llama-untied"]:
            some = TINY_USER_DEFINED if name.startswith("gemma3") else ()
            save(f"tiny-tokens-{name}", tokens(paths[name], TINY_TEXTS, some))
        save("tiny-chats", {"chats": list(chats(paths))})


if __name__ == "__main__":
    main()
