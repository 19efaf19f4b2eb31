"""Compares our reading of SentencePiece's unigram models with SentencePiece itself, on whole files of text.

    pip install sentencepiece
    cargo build --example oracle
    python unigram.py ORACLE MODEL.spm[,MODEL.spm...] TEXT...

Every line of the texts is cut by every model; so are lines made odd: without their blanks, in capitals, with characters that
no vocabulary has. Ends with 1 when a line differs. With --hash instead of ORACLE, prints the digests that
`tests/it/unigram.rs` has: SHA-256 over the ids of all lines of one text by one model.

    python unigram.py --tiny            # trains the two tiny models of expected/, and stores what becomes of odd texts
"""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import sentencepiece


def odd(lines):
    """The lines, and what becomes of them in careless hands. Seed fixed."""
    chance = random.Random(7)
    strange = ["🔥🔥", "　", "ﬁ", "①", "\u200b", "\u0301", "ǆ", "漢字", "№", "½", "\t", "  ", "▁", "<s>", "\u00ad", "é", "…"]
    for line in lines:
        yield line
        cut = chance.randrange(len(line) + 1)
        yield line[:cut] + chance.choice(strange) + line[cut:]
        if chance.random() < 0.2:
            yield line.upper()
            yield "  " + line.replace(" ", "  ") + " "
            yield line.replace(" ", "")


# Rules with a longer one that starts like a shorter, one that removes, and one that makes blanks.
RULES = [("fi", "F"), ("ﬁ", "fi"), ("¼", "1 4"), ("№", "No"), ("№№", "Nos"), ("\u00a0", " "), ("\u3000", " "), ("\u00ad", "")]
RULES += [("\u00e9", "e"), ("\u2026", "..."), ("\u0418\u0306", "\u0419"), ("\u0438\u0306", "\u0439")]
TINY_TEXTS = [
    "", " ", "\u3000\u00a0", "the bridge", "  the   bridge  ", "find the ﬁrst № 5 and №№ 5 and № №", "1¼ of it…", "....", "…. .…",
    "so\u00adft hy\u00adphen", "caf\u00e9 \u0418\u0306\u043e\u0434 \u0438\u0306\u043e\u0434", "🔥🔥 fire", "ж漢字ж", "Київ і Одеса", "Киев и Одесса", "a<sep>b <sep> c<sep><sep>",
    "<sep", "<s></s><unk>", "▁the▁bridge", "tab\there", "the\nbridge", "\u200bzero", "e\u0301", "THE BRIDGE", "aaaaaaaaaaaaaaaaaaaa",
]


def tiny():
    out = Path(__file__).parent / "expected"
    fixtures = Path(__file__).parent.parent / "fixtures"
    lines = [line for name in ("en", "uk", "ru") for line in (fixtures / name / "sentences.txt").read_text().splitlines()]
    stored = []
    with tempfile.TemporaryDirectory() as folder:
        text, rules = Path(folder) / "text", Path(folder) / "rules.tsv"
        text.write_text("\n".join(line for line in lines if line))
        point = lambda part: " ".join(f"{ord(c):X}" for c in part)
        rules.write_text("".join(f"{point(a)}\t{point(b)}\n" for a, b in RULES))
        for name, bytes_too in (("tiny-unknown", False), ("tiny-bytes", True)):
            sentencepiece.SentencePieceTrainer.train(
                input=str(text), model_prefix=f"{folder}/m", vocab_size=600 if bytes_too else 350, model_type="unigram",
                byte_fallback=bytes_too, normalization_rule_tsv=str(rules), user_defined_symbols=["<sep>"],
                character_coverage=0.99, num_threads=1, minloglevel=2,
            )
            model = Path(f"{folder}/m.model").read_bytes()
            (out / f"{name}.spm").write_bytes(model)
            pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
            cut = [{"text": t, "ids": pieces.encode(t), "pieces": pieces.encode(t, out_type=str)} for t in TINY_TEXTS]
            stored.append({"model": name, "texts": cut})
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in stored)
    (out / "tiny-pieces.json").write_text(f"[{rows}]\n")


def main():
    if sys.argv[1:] == ["--tiny"]:
        return tiny()
    oracle, models, *texts = sys.argv[1:]
    failed = False
    for model in models.split(","):
        theirs = sentencepiece.SentencePieceProcessor(model_file=model)
        for text in texts:
            lines = [line for line in Path(text).read_text().splitlines() if line]
            if oracle == "--hash":
                ids = "\n".join(" ".join(map(str, theirs.encode(line))) for line in lines)
                print(Path(model).name, text, hashlib.sha256(ids.encode()).hexdigest())
                continue
            lines = list(odd(lines))
            asked = "".join(json.dumps(line) + "\n" for line in lines)
            done = subprocess.run([oracle, "pieces", model], input=asked, capture_output=True, text=True, check=True)
            ours = [json.loads(line) for line in done.stdout.splitlines()]
            wrong = [at for at, line in enumerate(lines) if ours[at] != theirs.encode(line)]
            failed |= bool(wrong)
            for at in wrong[:5]:
                print(f"  {lines[at]!r}: {ours[at]}, not {theirs.encode(lines[at])}")
            print(f"{Path(model).name} {Path(text).name}: {len(lines)} lines, {len(wrong)} differ")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
