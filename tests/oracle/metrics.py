"""What sacreBLEU and rouge_score say about texts of our own, for tests/it/eval.rs.

    python -m venv /tmp/metrics && /tmp/metrics/bin/pip install sacrebleu==2.6.0 rouge-score==0.1.2
    /tmp/metrics/bin/python metrics.py > expected/metrics.json
    /tmp/metrics/bin/python metrics.py STISLO FLORES-FOLDER      # our eval against sacreBLEU on peers' translations

All sentences were written for this purpose, with the marks that a tokenizer stumbles over. rouge_score drops all that is
not a-z or 0-9, so it is given words that were cut by a Unicode rule.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

SEGMENTS = {
    "en": [
        ("The harbour bridge was opened again on 14 September 2024.",
         "The harbour bridge reopened on 14 September 2024."),
        ("Repairs cost £38.6 million, 22% more than planned...",
         "The repair cost £38.6 million: 22% above the plan."),
        ("\"It's late,\" said the captain of the S-300 (an old 10-15 tonne tug).",
         "“It is late,” said the captain of the S-300, an old tug of 10-15 tonnes."),
        ("Smith &amp; Sons paid 1,200 men,and left.", "Smith & Sons paid 1,200 men and left."),
        ("Yes.", "No."),
    ],
    "uk": [
        ("Портовий міст знову відкрили 14 вересня 2024 року.",
         "14 вересня 2024 року портовий міст відкрили знову."),
        ("Ремонт коштував 38,6 млн фунтів — на 22% дорожче.",
         "Ремонт обійшовся у 38,6 млн фунтів, тобто на 22 % дорожче."),
        ("«П'ять суден вийшли в море», – сказав капітан.", "П’ять суден вийшли в море, сказав капітан."),
        ("Першим проїхав автобус №7.", "Автобус № 7 перетнув міст першим."),
    ],
    "ru": [
        ("Портовый мост снова открыли 14 сентября 2024 года.",
         "Мост в порту вновь открылся 14 сентября 2024 года."),
        ("Ремонт обошёлся в 38,6 млн фунтов, на 22% дороже.",
         "Ремонт стоил 38,6 млн фунтов, то есть на 22% дороже, чем думали."),
        ("Судно потеряло ход во время шторма (10-15 баллов?).", "Во время шторма судно потеряло ход."),
        ("Ничего общего", "Совсем другое"),
    ],
}


class Words:
    """Words of any script, with apostrophes inside."""

    def tokenize(self, text):
        return re.findall(r"[^\W_]+(?:'[^\W_]+)*", re.sub("[’ʼ]", "'", text).lower())


def scores(texts, references):
    return {
        "chrf": CHRF().corpus_score(texts, [references]).score,
        "bleu": BLEU().corpus_score(texts, [references]).score,
    }


def expected():
    rouge = rouge_scorer.RougeScorer(["rougeL"], tokenizer=Words())
    tokenize = BLEU().tokenizer
    out = {}
    for language, pairs in SEGMENTS.items():
        segments = [
            {
                "text": text,
                "reference": reference,
                "words": tokenize(text.rstrip()).split(),
                "rouge_l": 100 * rouge.score(reference, text)["rougeL"].fmeasure,
                **scores([text], [reference]),
            }
            for text, reference in pairs
        ]
        out[language] = {"segments": segments, **scores(*map(list, zip(*pairs)))}
    return out


def compare(stislo, folder):
    """Prints our scores beside sacreBLEU's for every translation of a peer, and the largest difference."""
    worst = 0.0
    for path in sorted((folder / "peers").glob("flores-dev-100.*-*.*.*")):
        _, pair, system, to = path.name.split(".")
        texts = path.read_text().splitlines()
        references = (folder / f"flores-dev-100.{to}").read_text().splitlines()
        rows = [
            {"from": pair[:2], "to": to, "reference": reference, "translation": text}
            for text, reference in zip(texts, references, strict=True)
        ]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            file.flush()
            ran = subprocess.run([stislo, "eval", file.name, "--format", "json"], check=True, capture_output=True)
        ours = {figure["name"]: figure["value"] for figure in json.loads(ran.stdout)["translations"][pair]}
        theirs = scores(texts, references)
        worst = max(worst, abs(ours["chrf2"] - theirs["chrf"]), abs(ours["bleu"] - theirs["bleu"]))
        print(f"{pair} {system:<22} chrF2 {ours['chrf2']:.4f} {theirs['chrf']:.4f}  BLEU {ours['bleu']:.4f} {theirs['bleu']:.4f}")
    print(f"largest difference: {worst:.2g}")


if len(sys.argv) == 3:
    compare(sys.argv[1], pathlib.Path(sys.argv[2]))
else:
    print(json.dumps(expected(), ensure_ascii=False, indent=1))
