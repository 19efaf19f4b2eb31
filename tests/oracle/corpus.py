"""Compares this engine's tokens with llama.cpp's on every text of a folder.

    cargo build --example oracle
    python corpus.py ORACLE FOLDER MODEL.gguf [MODEL.gguf ...]

A text is every file that is UTF-8, each of its lines (of files under 300 kB), and every string of a JSON line. llama.cpp
finds user-defined tokens of byte-level vocabularies (`<tool_call>`) in any text and we find none: where a text has one,
ours have only to spell it. Prints a line for each model and ends with 1 when anything differs.
"""

import json
import subprocess
import sys
from pathlib import Path

import gguf

from llama import Model


def strings(value):
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def texts(folder):
    """Every text of the folder, once."""
    seen = {}
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        try:
            whole = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        seen[whole] = path
        lines = whole.splitlines(keepends=True) if len(whole) < 300_000 or path.suffix == ".jsonl" else []
        for line in lines:
            seen[line] = path
            seen[line.rstrip("\n")] = path
            if path.suffix == ".jsonl":
                seen |= {text: path for text in strings(json.loads(line))}
    return [text for text in seen if "\0" not in text]


def ours(oracle, model, some):
    """Token ids by the example `oracle`."""
    lines = "".join(json.dumps(text) + "\n" for text in some)
    done = subprocess.run([oracle, "tokens", model], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(oracle, path, some):
    """Prints what differs; gives how many texts do."""
    fields = gguf.GGUFReader(path).fields
    read = lambda key: fields[f"tokenizer.ggml.{key}"].contents()
    byte_level = read("model") == "gpt2"
    tools = [t for t, kind in zip(read("tokens"), read("token_type")) if kind == 4] if byte_level else []
    plain = [text for text in some if not any(tool in text for tool in tools)]
    model = Model(path)
    wrong, tokens = 0, 0
    for text, got in zip(plain, ours(oracle, path, plain)):
        want = model.tokenize(text)
        tokens += len(want)
        if got != want:
            wrong += 1
            at = next((i for i, pair in enumerate(zip(got, want)) if pair[0] != pair[1]), min(len(got), len(want)))
            if wrong <= 5:
                print(f"  {model.text(want[max(0, at - 3):at + 3])!r}: {got[at - 1:at + 3]}, not {want[at - 1:at + 3]}")
    print(f"{Path(path).name}: {len(plain)} texts, {tokens} tokens, {wrong} texts differ, {len(some) - len(plain)} left out")
    return wrong


def main():
    oracle, folder, *models = sys.argv[1:]
    some = texts(folder)
    sys.exit(1 if sum([compare(oracle, model, some) for model in models]) else 0)


if __name__ == "__main__":
    main()
