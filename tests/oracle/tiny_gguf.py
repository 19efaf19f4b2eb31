"""Writes tiny random GGUF models of every architecture that a Rust test can write again, byte for byte.

    python tiny_gguf.py FOLDER        writes FOLDER/<arch>-<tied|untied>.gguf, eight files of half a megabyte to two

The twins are `tests/it/tiny_model.rs` and `tests/it/tiny_vocabulary.rs`; the two languages give the same file, header and
padding included. What they agree on:

* Element i (row-major, from 0) of the tensor NAME comes from
      h = fnv1a64(utf-8 bytes of NAME)              offset 0xcbf29ce484222325, prime 0x100000001b3
      z = splitmix64(h + i)                         all sums and products modulo 2**64:
            x += 0x9E3779B97F4A7C15;  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9
            x = (x ^ x >> 27) * 0x94D049BB133111EB;  x ^= x >> 31
      u = f32(z >> 40) * 2**-24                     24 bits: exact in f32, from 0 to just under 1
      value = scale * (u - 0.5)                     exact, for every scale is a power of two
  and for the gain of a norm `1 + 0.2f32 * (u - 0.5)`, in f32, rounded after the product and after the sum (no FMA); for
  rope_freqs `4 * ((u - 0.5) + 0.75)`, in f32, rounded after the sum.
* Scales: 1 for token_embd and output, 0.25 for ffn_down, 0.5 for every other matrix and for the biases.
* Metadata stand in the order of `metadata()`, tensors in the order of `tensors()`; alignment is 32.
* The byte-level vocabulary: the 256 byte symbols in GPT-2's order (the printable bytes, then the others), a token for each
  of MERGES in their order, then the specials, of kind control (3).
* The vocabulary by score: FIRST with their kinds, a token for each byte, PIECES in their order, then a token for each
  letter of LETTERS. Two neighbours in PIECES have one score, so that ties occur.
"""

import sys
from pathlib import Path

import gguf
import numpy as np

HIDDEN, HEADS, KV_HEADS, FFN, CONTEXT = 64, 4, 2, 160, 256
# Gemma 3 has a global layer after five local ones, and one more local layer after that.
LAYERS = {"qwen2": 3, "qwen3": 3, "gemma3": 7, "llama": 3}
WINDOW, STRETCH = 8, 4.0
# (architecture, the head is the embedding): base of the rotation, width of a head
VARIANTS = {
    ("qwen2", True): (1e4, 16),
    ("qwen2", False): (1e6, 16),
    ("qwen3", True): (1e6, 32),
    ("qwen3", False): (1e4, 32),
    ("gemma3", True): (1e6, 32),
    ("gemma3", False): (1e5, 32),
    ("llama", True): (1e5, 16),
    ("llama", False): (5e5, 32),
}
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LLAMA3_SPECIALS = ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
# `left|right` in plain text; a lone letter of two bytes is the merge of its bytes. `1|9` must never be used where the
# pre-tokenizer cuts numbers into single digits.
MERGES = [
    " |t", "h|e", "i|n", " t|he", "e|r", "o|n", " |a", "\n|\n", " | ", "r|e",
    "а", "о", "и", "н", "т", "р", "с", "е", "в", "і", "ї", "ы", "л", "к", "п", "у",
    "н|а", "п|о", "п|р", "с|т", " |по", " |на", "пр|о", " |про", "'|s", "1|9", "a|t", "в|і", "ст|а", "in|g", " a|n",
]
# Tokens of the vocabulary by score that come first, with their kinds: 3 control, 4 user-defined.
FIRST = [
    ("<pad>", 3), ("<eos>", 3), ("<bos>", 3), ("<unk>", 3), ("<start_of_turn>", 3), ("<end_of_turn>", 3),
    ("<start_of_image>", 4), ("\n", 4), ("\n\n", 4), ("  ", 4), ("   ", 4), ("<b>", 4), ("</b>", 4),
]
PIECES = [
    "▁t", "he", "in", "▁the", "er", "on", "▁a", "re", "на", "по", "про", "пр", "▁на", "▁по", "▁про", "ст", "та", "ста",
    "ві", "▁в", "at", "ing", "▁an", "19", "'s", "▁▁", "ab", "ba", "aba", "со", "он", "сон", "th", "hi", "▁S", "St",
]
LETTERS = "▁abcdefghijklmnopqrstuvwyISTC019,.:'<>/абвгдеіийклмнопрстуїыяьС«»"


def byte_symbols():
    """The byte of every symbol, in the order of their ids, and the symbol of every byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [b for b in range(256) if b not in printable]
    symbol = {b: chr(b) for b in printable} | {b: chr(256 + n) for n, b in enumerate(rest)}
    return printable + rest, symbol


def vocabulary(specials):
    """Byte-level tokens and merges as they are written in a GGUF file."""
    order, symbol = byte_symbols()
    spell = lambda raw: "".join(symbol[b] for b in raw)
    pairs = []
    for merge in MERGES:
        left, bar, right = merge.partition("|")
        left, right = (left.encode(), right.encode()) if bar else (left.encode()[:1], left.encode()[1:])
        pairs.append((spell(left), spell(right)))
    tokens = [symbol[b] for b in order] + [left + right for left, right in pairs] + specials
    return tokens, [f"{left} {right}" for left, right in pairs]


def vocabulary_by_score():
    """Tokens, their scores and their kinds."""
    first = [(token, -1000.0, kind) for token, kind in FIRST]
    each_byte = [(f"<0x{byte:02X}>", -1000.0, 6) for byte in range(256)]
    pieces = [(piece, -float(rank // 2), 1) for rank, piece in enumerate(PIECES)]
    letters = [(letter, -100.0 - rank, 1) for rank, letter in enumerate(LETTERS)]
    return zip(*(first + each_byte + pieces + letters))


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
    if name == "rope_freqs.weight":
        return (np.float32(4) * (centred + np.float32(0.75))).reshape(shape)
    scale = 1.0 if name in ("token_embd.weight", "output.weight") else 0.25 if "ffn_down" in name else 0.5
    return (np.float32(scale) * centred).reshape(shape)


def tensors(arch, tied, vocab):
    """Names and shapes (`out, in`) in the order of the file."""
    head_dim = VARIANTS[arch, tied][1]
    q, kv = HEADS * head_dim, KV_HEADS * head_dim
    yield "token_embd.weight", (vocab, HIDDEN)
    if arch == "llama" and not tied:
        yield "rope_freqs.weight", (head_dim // 2,)
    for layer in range(LAYERS[arch]):
        name = lambda part: f"blk.{layer}.{part}"
        yield name("attn_norm.weight"), (HIDDEN,)
        for part, rows in (("attn_q", q), ("attn_k", kv), ("attn_v", kv)):
            yield name(f"{part}.weight"), (rows, HIDDEN)
            if arch == "qwen2":
                yield name(f"{part}.bias"), (rows,)
        if arch in ("qwen3", "gemma3"):
            yield name("attn_q_norm.weight"), (head_dim,)
            yield name("attn_k_norm.weight"), (head_dim,)
        yield name("attn_output.weight"), (HIDDEN, q)
        if arch == "gemma3":
            yield name("post_attention_norm.weight"), (HIDDEN,)
            yield name("post_ffw_norm.weight"), (HIDDEN,)
        yield name("ffn_norm.weight"), (HIDDEN,)
        yield name("ffn_gate.weight"), (FFN, HIDDEN)
        yield name("ffn_up.weight"), (FFN, HIDDEN)
        yield name("ffn_down.weight"), (HIDDEN, FFN)
    yield "output_norm.weight", (HIDDEN,)
    if not tied:
        yield "output.weight", (vocab, HIDDEN)


def metadata(out, arch, tied):
    """Every key, in the order of the file (the writer has put `general.architecture` first). Gives the vocabulary's size."""
    rope_base, head_dim = VARIANTS[arch, tied]
    out.add_name("stislo tiny")
    out.add_file_type(0)
    out.add_block_count(LAYERS[arch])
    out.add_context_length(CONTEXT)
    out.add_embedding_length(HIDDEN)
    out.add_feed_forward_length(FFN)
    out.add_head_count(HEADS)
    out.add_head_count_kv(KV_HEADS)
    if HEADS * head_dim != HIDDEN:
        out.add_key_length(head_dim)
        out.add_value_length(head_dim)
    out.add_rope_freq_base(rope_base)
    out.add_layer_norm_rms_eps(1e-6)
    if arch == "gemma3":
        out.add_sliding_window(WINDOW)
        if not tied:
            out.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            out.add_rope_scaling_factor(STRETCH)
        return tokens_by_score(out, tied)
    if arch == "llama" and not tied:
        return byte_level(out, "llama-bpe", LLAMA3_SPECIALS)
    return byte_level(out, "smollm" if arch == "llama" else "qwen2", SPECIALS)


def byte_level(out, pre, specials):
    """A byte-level vocabulary; gives its size."""
    tokens, merges = vocabulary(specials)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre(pre)
    out.add_token_list(tokens)
    out.add_token_types([1] * (len(tokens) - len(specials)) + [3] * len(specials))
    out.add_token_merges(merges)
    out.add_eos_token_id(tokens.index(specials[-1]))
    out.add_pad_token_id(tokens.index(specials[0]))
    out.add_bos_token_id(tokens.index(specials[0]))
    # llama-bpe begins with a token of its own without being told.
    if pre != "llama-bpe":
        out.add_add_bos_token(False)
    return len(tokens)


def tokens_by_score(out, tied):
    """A vocabulary by score; gives its size. The flags of the one file are stated and not the defaults, of the other absent."""
    tokens, scores, kinds = vocabulary_by_score()
    out.add_tokenizer_model("llama")
    out.add_tokenizer_pre("default")
    out.add_token_list(tokens)
    out.add_token_scores(scores)
    out.add_token_types(kinds)
    out.add_bos_token_id(tokens.index("<bos>"))
    out.add_eos_token_id(tokens.index("<eos>"))
    if tied:
        out.add_add_bos_token(True)
        out.add_add_space_prefix(False)
    return len(tokens)


def write(path, arch, tied):
    """Writes one model."""
    out = gguf.GGUFWriter(path, arch)
    vocab = metadata(out, arch, tied)
    for name, shape in tensors(arch, tied, vocab):
        out.add_tensor(name, values(name, shape))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def write_all(folder):
    """Writes all models; gives their paths by name."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    paths = {}
    for arch, tied in VARIANTS:
        name = f"{arch}-{'tied' if tied else 'untied'}"
        paths[name] = Path(folder) / f"{name}.gguf"
        write(paths[name], arch, tied)
    return paths


if __name__ == "__main__":
    for name, path in write_all(sys.argv[1]).items():
        print(name, path.stat().st_size, f"{fnv1a64(path.read_bytes()):016x}")
