"""Compares our reading of SentencePiece's unigram models with SentencePiece itself, on whole files of text.

    pip install sentencepiece
    cargo build --example oracle
    python unigram.py ORACLE MODEL.spm[,MODEL.spm...] TEXT...

Every line of the texts is cut by every model; so are lines made odd: without their blanks, in capitals, with characters that
no vocabulary has. Ends with 1 when a line differs. With --hash instead of ORACLE, prints the digests that
`tests/it/unigram.rs` has: SHA-256 over the ids of all lines of one text by one model.
"""

import hashlib
import json
import random
import subprocess
import sys
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


def main():
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
