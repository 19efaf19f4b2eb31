"""How well a translator of ours does on sentences with references: chrF, letters of other alphabets, numbers, with their counts.

    python flores.py STISLO FLORES-FOLDER 1-20,41-60 [FLAG ...]    # flags go to `stislo translate`: --offline --translator engine

Lines are those of flores-dev-100, in paragraphs of their own, as an article has them. chrF is sacreBLEU's. A number counts as
changed when its digits, without what stands between thousands, are on one side only; look at those that are named, since a
figure may become a word.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from sacrebleu.metrics import CHRF

# Letters that the language does not have; Latin ones stand in names and codes and are told apart by the source.
FOREIGN = {"uk": "ыэёъЫЭЁЪ", "ru": "іїєґІЇЄҐ"}


def numbers(text):
    joined = re.sub(r"(?<=\d)[ \u00a0\u202f,.](?=\d{3}\b)", "", text).replace(",", ".")
    return Counter(re.findall(r"\d+(?:\.\d+)?", joined))


def main():
    stislo, folder, ranges, *flags = sys.argv[1:]
    folder = Path(folder)
    for span in ranges.split(","):
        first, last = map(int, span.split("-"))
        lines = (folder / "flores-dev-100.en").read_text().splitlines()[first - 1 : last]
        for to in ("uk", "ru"):
            references = (folder / f"flores-dev-100.{to}").read_text().splitlines()[first - 1 : last]
            command = [stislo, "translate", "-", "--from", "en", "--to", to, "--format", "json", *flags]
            ran = subprocess.run(command, input="\n\n".join(lines), capture_output=True, text=True, check=True)
            answer = json.loads(ran.stdout)
            texts = answer["text"].split("\n\n")
            assert len(texts) == len(lines), answer["text"]
            score = CHRF().corpus_score(texts, [references]).score
            letters = [c for text in texts for c in text if c.isalpha()]
            foreign = [c for c in letters if c in FOREIGN[to] or not ("a" <= c.lower() <= "z" or "\u0400" <= c <= "\u052f")]
            latin = [w for s, t in zip(lines, texts) for w in re.findall(r"[A-Za-z]{2,}", t) if w not in s]
            count = sum(sum(numbers(line).values()) for line in lines)
            changed = [(s, t) for s, t in zip(lines, texts) if numbers(s) != numbers(t)]
            faults = Counter(fault["kind"] for sentence in answer["sentences"] for fault in sentence["faults"])
            print(f"lines {span} en-{to} by {answer['engine']}: chrF {score:.1f} on {len(lines)} sentences; "
                  f"{len(foreign)} of {len(letters)} letters are foreign, {len(latin)} Latin words are not the source's; "
                  f"{len(changed)} sentences have other numbers, of {count} numbers; own faults {dict(faults)}", flush=True)
            for source, text in changed:
                print(f"    {source!r}\n    {text!r}")


if __name__ == "__main__":
    main()
