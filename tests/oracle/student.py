"""Compares our student translators with the Python package fxtranslate, on a synthetic model of the real shape.

    cargo build --example oracle
    python student.py ORACLE VOCABULARY.spm SENTENCES.txt

Writes a student with random weights in Marian's container into a folder that looks like the hub's cache, packed with gzip,
has the example `oracle` translate every line, and the package too. Ends with 1 when a sentence differs.
"""

import gzip
import hashlib
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import fxtranslate
import numpy as np

DIM, FFN, HEADS, ENCODER, DECODER, PIECES = 256, 1536, 8, 6, 2, 32000
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {"model": "en-uk/m.bin.gz", "vocabulary": "en-uk/v.spm.gz", "shortlist": "en-uk/lex.bin.gz"}


def weights(random):
    """The tensors by name."""
    found = {"Wemb": random.standard_normal((PIECES, DIM)) * DIM**-0.5}
    found["decoder_ff_logit_out_b"] = random.standard_normal((1, PIECES)) * 0.1

    def layer(prefix, *shapes):
        for name, rows, columns in shapes:
            found[prefix + name] = random.standard_normal((rows, columns)) * rows**-0.5 if rows > 1 else np.zeros((1, columns))

    def norm(prefix):
        found[prefix + "_ln_scale"], found[prefix + "_ln_bias"] = np.ones((1, DIM)), np.zeros((1, DIM))

    def attention(prefix):
        layer(prefix, *[(f"_W{part}", DIM, DIM) for part in "qkvo"], *[(f"_b{part}", 1, DIM) for part in "qkvo"])
        norm(prefix + "_Wo")

    def feed_forward(prefix):
        layer(prefix, ("_W1", DIM, FFN), ("_b1", 1, FFN), ("_W2", FFN, DIM), ("_b2", 1, DIM))
        norm(prefix + "_ffn")

    for n in range(1, ENCODER + 1):
        attention(f"encoder_l{n}_self")
        feed_forward(f"encoder_l{n}_ffn")
    for n in range(1, DECODER + 1):
        layer(f"decoder_l{n}_rnn", ("_W", DIM, DIM), ("_Wf", DIM, DIM), ("_bf", 1, DIM))
        norm(f"decoder_l{n}_rnn_ffn")
        attention(f"decoder_l{n}_context")
        feed_forward(f"decoder_l{n}_ffn")
    return {name: tensor.astype("<f4") for name, tensor in found.items()}


def container(tensors):
    config = "\n".join(
        [f"dim-emb: {DIM}", "dec-cell: ssru", f"dec-depth: {DECODER}", f"enc-depth: {ENCODER}", "dim-vocabs:", f"  - {PIECES}"]
        + [f"  - {PIECES}", "tied-embeddings-all: true", f"transformer-dim-ffn: {FFN}", f"transformer-heads: {HEADS}"]
        + ["transformer-decoder-autoreg: rnn", "transformer-postprocess: dan", "transformer-ffn-activation: relu"]
        + ["type: transformer", "version: synthetic", "\0"]
    ).encode()
    items = [(name, 0x404, tensor.shape, tensor.tobytes()) for name, tensor in tensors.items()]
    items.append(("special:model.yml", 0x101, (len(config),), config))
    out = struct.pack("<QQ", 1, len(items))
    for name, kind, shape, data in items:
        out += struct.pack("<QQQQ", len(name) + 1, kind, len(shape), len(data))
    out += b"".join(name.encode() + b"\0" for name, *_ in items)
    out += b"".join(struct.pack("<i", n) for _, _, shape, _ in items for n in shape)
    padding = -(len(out) + 8) % 256
    return out + struct.pack("<Q", padding) + bytes(padding) + b"".join(data for *_, data in items)


def shortlist():
    """Lets every piece through."""
    return struct.pack("<6Q", 0, 0, PIECES, 0, PIECES + 1, 0) + bytes(8 * (PIECES + 1))


def write(folder, files):
    """The cache and the manifest."""
    snapshot = folder / "models--owner--tiny" / "snapshots" / COMMIT
    hashes = {}
    for role, path in FILES.items():
        packed = gzip.compress(files[role], 1)
        (snapshot / path).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / path).write_bytes(packed)
        hashes[role] = hashlib.sha256(packed).hexdigest()
    lines = ['name = "tiny"', 'kind = "student"', 'summary = "for tests"', 'repository = "owner/tiny"', f'revision = "{COMMIT}"']
    lines += ['licence = "MIT"', 'ways = [{ from = "en", to = "uk", chrf = 1.0 }]', "[files]"]
    lines += [f'{role} = "{path}"' for role, path in FILES.items()]
    lines += ["[[build]]"] + [f'{role} = "{value}"' for role, value in hashes.items()]
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n")


def main():
    oracle, vocabulary, sentences = sys.argv[1:]
    lines = [line for line in Path(sentences).read_text().splitlines() if any(c.isalpha() for c in line)]
    files = {"model": container(weights(np.random.default_rng(7))), "vocabulary": Path(vocabulary).read_bytes(), "shortlist": shortlist()}
    theirs = fxtranslate.Translator(files["model"], files["vocabulary"], files["vocabulary"], files["shortlist"])
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), files)
        asked = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run([oracle, "student", folder], input=asked, capture_output=True, text=True, check=True)
    ours = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [at for at, line in enumerate(lines) if ours[at] != theirs.translate(line)]
    for at in wrong[:5]:
        print(f"  {lines[at]!r}: {ours[at]!r}, not {theirs.translate(lines[at])!r}")
    print(f"{len(lines)} sentences, {len(wrong)} differ; the package's kernel is {theirs.backend()}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
