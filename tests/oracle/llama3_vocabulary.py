"""Writes a GGUF file that has Llama 3's vocabulary and no weights, from the ranks in the wheel llama-models.

    pip download --no-deps llama-models==0.3.0
    python llama3_vocabulary.py llama_models-0.3.0-py3-none-any.whl OUT.gguf

The pairs are those that the hub's conversion of this vocabulary has, 280147 of them: every way to cut a token in two.
"""

import base64
import sys
import zipfile

import gguf

from tiny_gguf import byte_symbols

SPECIALS = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>",
    "<|python_tag|>", *(f"<|reserved_special_token_{n}|>" for n in range(2, 247)),
]


def pairs(ranks):
    """Every way to cut each token into two, in the order in which they are merged."""
    for token in ranks:
        ways = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in ranks and token[i:] in ranks]
        yield from sorted(ways, key=lambda way: (ranks[way[0]], ranks[way[1]]))


def main():
    wheel, path = sys.argv[1:]
    lines = zipfile.ZipFile(wheel).read("llama_models/llama3/tokenizer.model").splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    ranks = dict(sorted(ranks.items(), key=lambda item: item[1]))
    symbol = byte_symbols()[1]
    spell = lambda raw: "".join(symbol[b] for b in raw)
    tokens = [spell(token) for token in ranks] + SPECIALS
    merges = [f"{spell(left)} {spell(right)}" for left, right in pairs(ranks)]
    out = gguf.GGUFWriter(path, "llama")
    for add in (out.add_block_count, out.add_head_count, out.add_head_count_kv):
        add(1)
    for add in (out.add_context_length, out.add_embedding_length, out.add_feed_forward_length):
        add(64)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("llama-bpe")
    out.add_token_list(tokens)
    out.add_token_types([1] * len(ranks) + [3] * len(SPECIALS))
    out.add_token_merges(merges)
    out.add_bos_token_id(tokens.index("<|begin_of_text|>"))
    out.add_eos_token_id(tokens.index("<|eot_id|>"))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()
    print(len(tokens), "tokens,", len(merges), "pairs")


if __name__ == "__main__":
    main()
