"""Compares this engine with llama.cpp on real weights: greedy continuations, the likeliest token everywhere, perplexity.

    cargo build --release --example oracle
    nice python real.py ORACLE NAME MODEL.gguf [NAME MODEL.gguf ...]

The text is ours: the bodies in `tests/fixtures`, as one text of which the first LONGEST tokens are taken, so that the
window of Gemma 3 is left far behind; for the continuations the articles of `greedy.py`, cut to SHORT. The perplexities
must be within half a percent, and tokens that differ must be near-ties for llama.cpp: NEAR logits, which is what its own
settings move a logit by. Prints what it saw, stores llama.cpp's perplexities in `expected/perplexity.json` by NAME, and
ends with 1 where something does not hold.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from greedy import ARTICLES
from llama import Model

CHUNK, CONTEXT, SHORT, LONGEST, CONTINUED = 128, 2048, 200, 1200, 32
NEAR, PERCENT = 1.0, 0.5
FIXTURES = Path(__file__).parents[1] / "fixtures"
STORE = Path(__file__).parent / "expected/perplexity.json"


def ours(oracle, path, lists):
    """`best` and `nll` of every list of ids."""
    lines = "".join(json.dumps(ids) + "\n" for ids in lists)
    done = subprocess.run([oracle, "score", path], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def theirs(model, ids):
    """The same by llama.cpp, and by how much the likeliest token leads."""
    model.clear()
    best, nll, gap = [], [], []
    for start in range(0, len(ids) - 1, CHUNK):
        fed = ids[: len(ids) - 1][start : start + CHUNK]
        for i, row in enumerate(model.forward(fed, start, every=True).astype(np.float64)):
            top = np.partition(row, -2)[-2:]
            best.append(int(row.argmax()))
            gap.append(top[1] - top[0])
            nll.append(float(np.log(np.exp(row - top[1]).sum()) + top[1] - row[ids[start + i + 1]]))
    return best, nll, gap


def continued(model, ids):
    """The ids and CONTINUED greedy ones after them."""
    model.clear()
    row, out = model.forward(ids, 0)[0], list(ids)
    for _ in range(CONTINUED):
        out.append(int(row.argmax()))
        row = model.forward(out[-1:], len(out) - 1)[0]
    return out


def compare(oracle, path):
    """Prints how the two agree; gives how many things do not hold, and llama.cpp's perplexity."""
    model = Model(path, context=CONTEXT, threads=2)
    begin = [token for token in [model.begin()] if token is not None]
    bodies = [(FIXTURES / language / "harbour-bridge/body.txt").read_text() for language in ARTICLES]
    whole = (begin + model.tokenize("\n\n".join(bodies)))[:LONGEST]
    prompts = [(begin + model.tokenize(article))[:SHORT] for article in ARTICLES.values()]
    texts = [continued(model, prompt) for prompt in prompts] + [whole]
    faults = 0
    print(Path(path).name, flush=True)
    for name, ids, got in zip([*ARTICLES, "all"], texts, ours(oracle, path, texts)):
        best, nll, gap = theirs(model, ids)
        different = [i for i, pair in enumerate(zip(got["best"], best)) if pair[0] != pair[1]]
        widest = max((gap[i] for i in different), default=0)
        note = f"{len(best) - len(different)} of {len(best)} likeliest tokens are equal, widest lead of another {widest:.3f}"
        if name == "all":
            perplexity = float(np.exp(np.mean(nll)))
            ratio = 100 * (np.exp(np.mean(got["nll"])) / perplexity - 1)
            faults += abs(ratio) > PERCENT
            note += f"; perplexity {np.exp(np.mean(got['nll'])):.4f}, llama.cpp {perplexity:.4f} ({ratio:+.3f} %)"
        else:
            greedy = [i for i in different if i >= len(ids) - CONTINUED - 1]
            note += f"; of {CONTINUED} greedy ones {CONTINUED - len(greedy)}"
        faults += widest > NEAR
        print(f"  {name}: {note}", flush=True)
    return faults, perplexity


def main():
    oracle, *models = sys.argv[1:]
    seen = {name: compare(oracle, path) for name, path in zip(models[::2], models[1::2])}
    stored = json.loads(STORE.read_text()) if STORE.exists() else {"tokens": LONGEST, "models": {}}
    stored["models"] |= {name: round(perplexity, 4) for name, (_, perplexity) in seen.items()}
    STORE.write_text(json.dumps(stored, indent=1) + "\n")
    sys.exit(1 if any(faults for faults, _ in seen.values()) else 0)


if __name__ == "__main__":
    main()
