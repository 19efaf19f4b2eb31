"""Gemma 3 in double precision, from its paper and llama.cpp's widths; only for the tiny models of `tiny_gguf.py`.

Why: llama.cpp looks its GELU up in a table of half-precision numbers, which moves the tiny models' logits by up to 3e-3.
With such a table put in here (`table=True`) the two are within 6e-4, so the table is where they differ; without it this
gives the values that our engine, which has no table, must give to 1e-4. A window that is off by one moves a logit by 2.5.
"""

import numpy as np

import tiny_gguf
from tiny_gguf import FFN, HEADS, HIDDEN, KV_HEADS, STRETCH, VARIANTS, WINDOW

PERIOD, LOCAL_BASE, EPSILON = 6, 1e4, 1e-6


def norm(x, name, length):
    """Root-mean-square norm of the last dimension."""
    gain = tiny_gguf.values(name, (length,)).astype(np.float64)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON) * gain


def product(x, name, out, inner):
    """A matrix by its name, times every row."""
    return x @ tiny_gguf.values(name, (out, inner)).astype(np.float64).T


def rotate(x, base, stretch):
    """Turns `[positions, heads, width]`, a number of the first half with one of the second."""
    half = x.shape[-1] // 2
    angle = np.arange(x.shape[0])[:, None] / stretch * base ** (-np.arange(half) / half)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    left, right = x[..., :half], x[..., half:]
    return np.concatenate([left * cos - right * sin, left * sin + right * cos], -1)


def gelu(x, table):
    """In the approximation by tanh."""
    if table:
        x = x.astype(np.float16).astype(np.float64)
    y = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * x * (1 + 0.044715 * x * x)))
    return y.astype(np.float16).astype(np.float64) if table else y


def attention(x, layer, tied):
    """What the heads of a layer bring together, before the output matrix."""
    base, width = VARIANTS["gemma3", tied]
    is_local = layer % PERIOD < PERIOD - 1
    base, stretch = (LOCAL_BASE, 1) if is_local else (base, 1 if tied else STRETCH)
    name = lambda part: f"blk.{layer}.{part}.weight"
    heads = lambda part, n: product(x, name(part), n * width, HIDDEN).reshape(-1, n, width)
    q = rotate(norm(heads("attn_q", HEADS), name("attn_q_norm"), width), base, stretch)
    k = rotate(norm(heads("attn_k", KV_HEADS), name("attn_k_norm"), width), base, stretch)
    v = heads("attn_v", KV_HEADS)
    back = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    seen = (back >= 0) & (back < WINDOW) if is_local else back >= 0
    out = []
    for head in range(HEADS):
        kv = head // (HEADS // KV_HEADS)
        scores = np.where(seen, q[:, head] @ k[:, kv].T / np.sqrt(width), -np.inf)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        out.append(weights / weights.sum(-1, keepdims=True) @ v[:, kv])
    return np.concatenate(out, -1)


def logits(tokens, tied, table=False):
    """The logits after every token."""
    width, vocab = VARIANTS["gemma3", tied][1], len(list(zip(*tiny_gguf.vocabulary_by_score())))
    embedding = tiny_gguf.values("token_embd.weight", (vocab, HIDDEN)).astype(np.float64)
    x = embedding[tokens] * np.sqrt(HIDDEN)
    for layer in range(tiny_gguf.LAYERS["gemma3"]):
        name = lambda part: f"blk.{layer}.{part}.weight"
        mixed = attention(norm(x, name("attn_norm"), HIDDEN), layer, tied)
        mixed = product(mixed, name("attn_output"), HIDDEN, HEADS * width)
        x = x + norm(mixed, name("post_attention_norm"), HIDDEN)
        inner = norm(x, name("ffn_norm"), HIDDEN)
        gate = gelu(product(inner, name("ffn_gate"), FFN, HIDDEN), table)
        fed = product(gate * product(inner, name("ffn_up"), FFN, HIDDEN), name("ffn_down"), HIDDEN, FFN)
        x = x + norm(fed, name("post_ffw_norm"), HIDDEN)
    x = norm(x, "output_norm.weight", HIDDEN)
    return x @ (embedding.T if tied else tiny_gguf.values("output.weight", (vocab, HIDDEN)).astype(np.float64).T)
