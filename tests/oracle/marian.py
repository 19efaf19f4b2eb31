"""What the Python package transformers says about tiny Marian models, for tests/it/marian.rs.

    pip install torch transformers==4.47.1 sentencepiece      # also seen with Debian's torch 1.13
    python marian.py > expected/marian.json
    cargo build --example oracle
    python marian.py ORACLE SOURCE.spm TEXT...                 # whole way, with a real vocabulary: text to text

`tests/it/tiny_marian.rs` writes the same models; a change to one must be made in the other.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

HIDDEN, VOCABULARY, ENCODER, DECODER, FEED_FORWARD = 16, 48, 2, 3, 32
SOURCES = [[5, 9, 17, 3, 0], [44, 0], [7, 7, 8, 21, 30, 31, 2, 40, 11, 0], [1, 2, 3, 4, 0]]
TARGET = [47, 12, 3, 9, 9, 30]
SEARCHES = [
    {"num_beams": 1, "max_length": 24},
    {"num_beams": 4, "max_length": 24},
    {"num_beams": 4},
    {"num_beams": 2, "length_penalty": 0.5, "max_length": 24},
    {"num_beams": 4, "length_penalty": 2.0, "early_stopping": True, "max_length": 24},
    {"num_beams": 3, "renormalize_logits": True, "max_length": 9},
    {"num_beams": 6, "max_length": 5},
    {"num_beams": 1, "max_length": 7},
]


def config(activation, hidden=HIDDEN, vocabulary=VOCABULARY, **more):
    return MarianConfig(
        d_model=hidden, encoder_layers=ENCODER, decoder_layers=DECODER, encoder_attention_heads=4, decoder_attention_heads=2,
        encoder_ffn_dim=FEED_FORWARD, decoder_ffn_dim=FEED_FORWARD, vocab_size=vocabulary, decoder_vocab_size=vocabulary,
        max_position_embeddings=64, activation_function=activation, scale_embedding=True, pad_token_id=vocabulary - 1,
        eos_token_id=0, decoder_start_token_id=vocabulary - 1, forced_eos_token_id=0, bad_words_ids=[[vocabulary - 1]],
        num_beams=4, max_length=64, **more,
    )


def tiny(activation, seed):
    model = MarianMTModel(config(activation)).eval()
    state, names = model.state_dict(), []
    for name in sorted(state):
        if "embed_" in name or name == "lm_head.weight":
            continue
        names.append(name)
        numbers = np.empty(state[name].numel(), np.float32)
        for at in range(len(numbers)):
            seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
            numbers[at] = np.float32(seed >> 40) / np.float32(2**24) - np.float32(0.5)
        # Sizes at which translations are neither one token again and again nor without an end.
        if name == "model.decoder.layers.2.final_layer_norm.weight":
            numbers = (numbers + 1) * 8
        elif name.endswith("norm.weight"):
            numbers += 1
        elif name == "model.shared.weight":
            numbers /= 4
        elif name.endswith(".bias"):
            numbers /= 8
        state[name].copy_(torch.from_numpy(numbers).view(state[name].shape))
    return model


def batch(sources, pad):
    longest = max(map(len, sources))
    ids = torch.tensor([source + [pad] * (longest - len(source)) for source in sources])
    return {"input_ids": ids, "attention_mask": (torch.arange(longest) < torch.tensor([[len(s)] for s in sources])).long()}


def answers(model, sources, search):
    found = model.generate(**batch(sources, model.config.pad_token_id), do_sample=False, **search).tolist()
    # Without the start, the end and what fills the rows.
    out = []
    for ids in found:
        ids = ids[1:]
        out.append(ids[: ids.index(0)] if 0 in ids else [i for i in ids if i != model.config.pad_token_id])
    return out


@torch.no_grad()
def expected():
    out = []
    for activation, seed in [("swish", 3), ("relu", 4), ("gelu", 5)]:
        model = tiny(activation, seed)
        targets = torch.tensor([TARGET] * len(SOURCES))
        logits = model(**batch(SOURCES, VOCABULARY - 1), decoder_input_ids=targets).logits
        # Of each position: the numbers of two sources that fill their rows differently.
        rows = {str(source): [[round(x, 5) for x in row] for row in logits[source, [0, 5]].tolist()] for source in (1, 2)}
        searches = [{**search, "answers": answers(model, SOURCES, search)} for search in SEARCHES]
        out.append({"activation": activation, "seed": seed, "target": TARGET, "logits": rows, "searches": searches})
    return {"sources": SOURCES, "models": out}


@torch.no_grad()
def compare(oracle, spm, texts):
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=spm)
    # Another order than the file's, a mark, and no place for some pieces: as published lists are.
    names = ["</s>", "<unk>", ">>ukr<<"] + [pieces.id_to_piece(i) for i in reversed(range(2, pieces.vocab_size())) if i % 50]
    names = list(dict.fromkeys(names)) + ["<pad>"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "vocab.json").write_text(json.dumps({piece: i for i, piece in enumerate(names)}, ensure_ascii=False))
        (folder / "source.spm").write_bytes(Path(spm).read_bytes())
        (folder / "target.spm").write_bytes(Path(spm).read_bytes())
        torch.manual_seed(7)
        model = MarianMTModel(config("swish", hidden=32, vocabulary=len(names), init_std=0.25)).eval()
        model.final_logits_bias[0, 0] = 6.0
        model.save_pretrained(folder, safe_serialization=True)
        stated = json.loads((folder / "generation_config.json").read_text())
        whole = {**json.loads((folder / "config.json").read_text()), **stated}
        (folder / "config.json").write_text(json.dumps(whole))
        sides = {"source_spm": str(folder / "source.spm"), "target_spm": str(folder / "target.spm")}
        tokenizer = MarianTokenizer(vocab=str(folder / "vocab.json"), **sides)
        lines = [line for text in texts for line in Path(text).read_text().splitlines() if line.strip()]
        lines = [line for line in lines if len(tokenizer(line).input_ids) < 60]
        theirs = []
        for line in lines:
            asked = tokenizer([">>ukr<< " + line], return_tensors="pt", padding=True)
            text = tokenizer.decode(model.generate(**asked)[0], skip_special_tokens=True)
            # A mark that noise writes is no text, and ours does not show it.
            theirs.append(text.replace(">>ukr<<", "").strip())
        asked = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run([oracle, "marian", name], input=asked, capture_output=True, text=True, check=True)
    ours = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [at for at in range(len(lines)) if ours[at] != theirs[at]]
    for at in wrong[:5]:
        print(f"  {lines[at]!r}: {ours[at]!r}, not {theirs[at]!r}")
    print(f"{len(lines)} sentences, {len(wrong)} differ; {len(set(theirs))} different answers")
    sys.exit(1 if wrong else 0)


if len(sys.argv) > 1:
    compare(sys.argv[1], sys.argv[2], sys.argv[3:])
else:
    json.dump(expected(), sys.stdout, separators=(",", ":"))
    print()
