"""Writes tiny random GGUF models (qwen2 and qwen3) that a Rust test can write again, byte for byte.

    python tiny_gguf.py FOLDER        writes FOLDER/<arch>-<tied|untied>.gguf, four files of about half a megabyte

The twin is `tests/it/tiny_model.rs`; the two give the same file, header and padding included. What they agree on:

* Element i (row-major, from 0) of the tensor NAME comes from
      h = fnv1a64(utf-8 bytes of NAME)              offset 0xcbf29ce484222325, prime 0x100000001b3
      z = splitmix64(h + i)                         all sums and products modulo 2**64:
            x += 0x9E3779B97F4A7C15;  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9
            x = (x ^ x >> 27) * 0x94D049BB133111EB;  x ^= x >> 31
      u = f32(z >> 40) * 2**-24                     24 bits: exact in f32, from 0 to just under 1
      value = scale * (u - 0.5)                     exact, for every scale is a power of two
  and for the gain of a norm `1 + 0.2f32 * (u - 0.5)`, in f32, rounded after the product and after the sum (no FMA).
* Scales: 1 for token_embd and output, 0.25 for ffn_down, 0.5 for every other matrix and for the biases.
* Metadata stand in the order of `metadata()`, tensors in the order of `tensors()`; alignment is 32.
* Vocabulary, 300 tokens: the 256 byte symbols in GPT-2's order (the printable bytes, then the others), a token for each
  of MERGES in their order, then the three specials, of kind control (3).
"""

import sys
from pathlib import Path

import gguf
import numpy as np

LAYERS, HIDDEN, HEADS, KV_HEADS, FFN, CONTEXT = 3, 64, 4, 2, 160, 256
HEAD_DIM = {"qwen2": 16, "qwen3": 32}
# (architecture, the head is the embedding, base of the rotation)
VARIANTS = [("qwen2", True, 1e4), ("qwen2", False, 1e6), ("qwen3", True, 1e6), ("qwen3", False, 1e4)]
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
# `left|right` in plain text; a lone letter of two bytes is the merge of its bytes. `1|9` must never be used: the
# pre-tokenizer cuts numbers into single digits.
MERGES = [
    " |t", "h|e", "i|n", " t|he", "e|r", "o|n", " |a", "\n|\n", " | ", "r|e",
    "а", "о", "и", "н", "т", "р", "с", "е", "в", "і", "ї", "ы", "л", "к", "п", "у",
    "н|а", "п|о", "п|р", "с|т", " |по", " |на", "пр|о", " |про", "'|s", "1|9", "a|t", "в|і", "ст|а", "in|g", " a|n",
]


def byte_symbols():
    """The byte of every symbol, in the order of their ids, and the symbol of every byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in printable]
    symbol = {b: chr(b) for b in printable} | {b: chr(256 + n) for n, b in enumerate(rest)}
    return printable + rest, symbol


def vocabulary():
    """Tokens and merges as they are written in a GGUF file."""
    order, symbol = byte_symbols()
    spell = lambda raw: "".join(symbol[b] for b in raw)
    pairs = []
    for merge in MERGES:
        left, bar, right = merge.partition("|")
        left, right = (left.encode(), right.encode()) if bar else (left.encode()[:1], left.encode()[1:])
        pairs.append((spell(left), spell(right)))
    tokens = [symbol[b] for b in order] + [left + right for left, right in pairs] + SPECIALS
    return tokens, [f"{left} {right}" for left, right in pairs]


def fnv1a64(raw):
    """The 64-bit FNV-1a hash of bytes."""
    h = 0xCBF29CE484222325
    for byte in raw:
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


def values(name, shape):
    """The tensor NAME, by the formula at the top of this file."""
    with np.errstate(over="ignore"):
        x = np.uint64(fnv1a64(name.encode())) + np.arange(np.prod(shape), dtype=np.uint64)
        x += np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    centred = (x >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24) - np.float32(0.5)
    if name.endswith("norm.weight"):
        return (np.float32(1) + np.float32(0.2) * centred).reshape(shape)
    scale = 1.0 if name in ("token_embd.weight", "output.weight") else 0.25 if "ffn_down" in name else 0.5
    return (np.float32(scale) * centred).reshape(shape)


def tensors(arch, tied, vocab):
    """Names and shapes (`out, in`) in the order of the file."""
    q, kv = HEADS * HEAD_DIM[arch], KV_HEADS * HEAD_DIM[arch]
    yield "token_embd.weight", (vocab, HIDDEN)
    for layer in range(LAYERS):
        name = lambda part: f"blk.{layer}.{part}"
        yield name("attn_norm.weight"), (HIDDEN,)
        for part, rows in (("attn_q", q), ("attn_k", kv), ("attn_v", kv)):
            yield name(f"{part}.weight"), (rows, HIDDEN)
            if arch == "qwen2":
                yield name(f"{part}.bias"), (rows,)
        if arch == "qwen3":
            yield name("attn_q_norm.weight"), (HEAD_DIM[arch],)
            yield name("attn_k_norm.weight"), (HEAD_DIM[arch],)
        yield name("attn_output.weight"), (HIDDEN, q)
        yield name("ffn_norm.weight"), (HIDDEN,)
        yield name("ffn_gate.weight"), (FFN, HIDDEN)
        yield name("ffn_up.weight"), (FFN, HIDDEN)
        yield name("ffn_down.weight"), (HIDDEN, FFN)
    yield "output_norm.weight", (HIDDEN,)
    if not tied:
        yield "output.weight", (vocab, HIDDEN)


def metadata(out, arch, rope_base):
    """Every key, in the order of the file (the writer has put `general.architecture` first)."""
    tokens, merges = vocabulary()
    out.add_name("stislo tiny")
    out.add_file_type(0)
    out.add_block_count(LAYERS)
    out.add_context_length(CONTEXT)
    out.add_embedding_length(HIDDEN)
    out.add_feed_forward_length(FFN)
    out.add_head_count(HEADS)
    out.add_head_count_kv(KV_HEADS)
    if arch == "qwen3":
        out.add_key_length(HEAD_DIM[arch])
        out.add_value_length(HEAD_DIM[arch])
    out.add_rope_freq_base(rope_base)
    out.add_layer_norm_rms_eps(1e-6)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("qwen2")
    out.add_token_list(tokens)
    out.add_token_types([1] * (len(tokens) - len(SPECIALS)) + [3] * len(SPECIALS))
    out.add_token_merges(merges)
    out.add_eos_token_id(tokens.index("<|im_end|>"))
    out.add_pad_token_id(tokens.index("<|endoftext|>"))
    out.add_bos_token_id(tokens.index("<|endoftext|>"))
    out.add_add_bos_token(False)
    return len(tokens)


def write(path, arch, tied, rope_base):
    """Writes one model."""
    out = gguf.GGUFWriter(path, arch)
    vocab = metadata(out, arch, rope_base)
    for name, shape in tensors(arch, tied, vocab):
        out.add_tensor(name, values(name, shape))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def write_all(folder):
    """Writes the four models; gives their paths by name."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = {}
    for arch, tied, rope_base in VARIANTS:
        name = f"{arch}-{'tied' if tied else 'untied'}"
        paths[name] = Path(folder) / f"{name}.gguf"
        write(paths[name], arch, tied, rope_base)
    return paths


if __name__ == "__main__":
    for name, path in write_all(sys.argv[1]).items():
        print(name, path.stat().st_size, f"{fnv1a64(path.read_bytes()):016x}")
