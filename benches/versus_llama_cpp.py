"""stislo and llama.cpp on the same weights, the same token ids and the same threads, one after another.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install llama-cpp-python==0.3.36 numpy
    cargo build --release
    /tmp/bench/bin/python benches/versus_llama_cpp.py --model qwen2.5-coder-1.5b-instruct [--threads N] [--runs 3]

Each run is `stislo bench --runs 1`, then llama.cpp in this process, so that a machine that slows down slows both. Leave
the machine alone meanwhile. Both take the best token at every step and write a fixed number of them. llama.cpp has its own
defaults (cache in f16, flash attention where it likes, passes of 512), and for the three languages it is tried in three
ways, each from one reading of the article: answers one after another, answers side by side with a cache for each, and
side by side in one cache; the one with the best median is the rival. A ratio above 1 says that stislo is faster. Three
sequences together are set against llama.cpp's one: that is what a weights' reading shared by three brings.
"""

import argparse
import ctypes
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

try:
    import llama_cpp
    import numpy as np
except ImportError as missing:
    sys.exit(f"{missing}; first: pip install llama-cpp-python==0.3.36 numpy")

ROOT = Path(__file__).resolve().parent.parent
ANSWERS = 3
# Name in `stislo bench`, what it is compared with, what it is, whether more is better.
ROWS = [
    ("load_and_first_token", "load_and_first_token", "load + first token, s", False),
    ("first_token_article", "first_token_article", "first token, article, s", False),
    ("prefill", "prefill", "read the article, tokens/s", True),
    ("decode_1", "decode_1", "write 1 sequence, tokens/s", True),
    ("decode_3", "decode_1", "write 3 together (of 1), tokens/s", True),
    ("three_languages", "three_languages", "three languages, s", False),
]


@llama_cpp.llama_log_callback
def _silence(_level, _text, _data):
    pass


class Rival:
    """llama.cpp with one model and one context. Positions and sequences are given by hand, as in its own examples."""

    def __init__(self, path, threads, room, sequences=1, unified=False):
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        assert self.model, f"llama.cpp cannot load {path}"
        params = llama_cpp.llama_context_default_params()
        # Without a unified cache each sequence gets an equal share of the context.
        params.n_ctx = room * sequences
        # Any prompt in one call; llama.cpp still works through it in passes of 512.
        params.n_batch = params.n_ctx
        params.n_seq_max = sequences
        params.kv_unified = unified
        params.n_threads = params.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        assert self.context, "llama.cpp cannot make a context"
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        self.most = llama_cpp.llama_n_batch(self.context)
        self.batch = llama_cpp.llama_batch_init(self.most, 0, 1)

    def close(self):
        llama_cpp.llama_batch_free(self.batch)
        llama_cpp.llama_free(self.context)
        llama_cpp.llama_model_free(self.model)

    def forget(self, sequence=-1, start=-1):
        llama_cpp.llama_memory_seq_rm(self.memory, sequence, start, -1)

    def share(self, sequence):
        """Gives another sequence the past of the first."""
        llama_cpp.llama_memory_seq_cp(self.memory, 0, sequence, -1, -1)

    def decode(self, parts):
        """One pass over `(sequence, first position, ids)`; gives the best token after the last id of each part."""
        batch, rows, n = self.batch, [], 0
        for sequence, start, ids in parts:
            for offset, token in enumerate(ids):
                batch.token[n], batch.pos[n] = token, start + offset
                batch.n_seq_id[n], batch.seq_id[n][0] = 1, sequence
                batch.logits[n] = offset + 1 == len(ids)
                n += 1
            rows.append(n - 1)
        assert n <= self.most, "more tokens than a batch holds"
        batch.n_tokens = n
        assert llama_cpp.llama_decode(self.context, batch) == 0
        return [self.best(row) for row in rows]

    def best(self, row):
        logits = llama_cpp.llama_get_logits_ith(self.context, row)
        return int(np.argmax(np.ctypeslib.as_array(logits, (self.vocabulary,))))

    def write(self, last, positions, passes):
        """One more token for each sequence, `passes` times."""
        for step in range(passes):
            parts = [(s, start + step, [token]) for s, (start, token) in enumerate(zip(positions, last))]
            last = self.decode(parts)


def timed(work):
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def rival_alone(report, threads, room):
    """Loading, first tokens, reading, and writing one sequence."""
    prompts, workload = report["prompts"], report["workload"]
    short = prompts["short"]["shared"] + prompts["short"]["tails"][0]
    whole = prompts["article"]["shared"] + prompts["article"]["tails"][0]
    started = time.perf_counter()
    rival = Rival(report["file"], threads, room)
    rival.decode([(0, 0, short)])
    samples = {"load_and_first_token": time.perf_counter() - started}
    rival.forget()
    took, first = timed(lambda: rival.decode([(0, 0, whole)]))
    # The ids are given, so here the first token is the reading alone; finding them takes llama.cpp a millisecond or two.
    samples["first_token_article"] = took
    samples["prefill"] = len(whole) / took
    tokens = workload["decode_tokens"]
    took, _ = timed(lambda: rival.write(first, [len(whole)], tokens))
    samples["decode_1"] = tokens / took
    rival.close()
    return samples


def one_after_another(rival, shared, tails, tokens):
    rival.decode([(0, 0, shared)])
    for tail in tails:
        last = rival.decode([(0, len(shared), tail)])
        rival.write(last, [len(shared) + len(tail)], tokens - 1)
        rival.forget(0, len(shared))


def side_by_side(rival, shared, tails, tokens):
    rival.decode([(0, 0, shared)])
    for sequence in range(1, len(tails)):
        rival.share(sequence)
    last = rival.decode([(s, len(shared), tail) for s, tail in enumerate(tails)])
    rival.write(last, [len(shared) + len(tail) for tail in tails], tokens - 1)


def rival_three(report, threads, room):
    """Seconds of the three-language job, for each way of doing it."""
    article, tokens = report["prompts"]["article"], report["workload"]["answer_tokens"]
    ways = {
        "one after another": (one_after_another, 1, False),
        "side by side": (side_by_side, ANSWERS, False),
        "side by side, one cache": (side_by_side, ANSWERS, True),
    }
    samples = {}
    for name, (way, sequences, unified) in ways.items():
        rival = Rival(report["file"], threads, room, sequences, unified)
        # What is done once and not for each article: the pages of the file are touched and the threads are started.
        rival.decode([(0, 0, article["tails"][0])])
        rival.forget()
        samples[name], _ = timed(lambda: way(rival, article["shared"], article["tails"], tokens))
        rival.close()
    return samples


def stislo(options, seen):
    """One run of `stislo bench`."""
    command = [str(options.stislo), "bench", "--runs", "1", "--format", "json", "--prompt-ids"]
    command += ["--threads", str(options.threads), "--tokens", str(options.tokens), "--article", options.article]
    if options.model:
        command += ["--model", options.model]
    if options.offline or seen:
        command.append("--offline")
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.returncode)
    report = json.loads(done.stdout)
    samples = {figure["name"]: figure["median"] for figure in report["figures"]}
    samples["load_and_first_token"] = samples["load"] + samples["first_token_short"]
    return report, samples


def table(report, ours, theirs, way):
    shown = lambda value: f"{value:.2f}" if value < 10 else f"{value:.1f}"
    model, machine, workload = report["model"], report["machine"], report["workload"]
    print(f"{model['name']} ({model['quantization']}), {machine['threads']} threads, {machine['cpu']}")
    print(f"{workload['article']}: {workload['prompt_tokens']} tokens of prompt, {workload['shared_tokens']} shared;")
    print(f"medians of {len(ours)} runs; llama.cpp's three languages: {way}")
    print(f"llama-cpp-python {llama_cpp.__version__}: {llama_cpp.llama_print_system_info().decode().strip(' |')}\n")
    print(f"{'':<34} {'stislo':>9} {'llama.cpp':>9} {'ratio':>6}   runs of stislo | of llama.cpp")
    for name, rival_name, words, more_is_better in ROWS:
        mine, rival = [run[name] for run in ours], [run[rival_name] for run in theirs]
        ratio = median(mine) / median(rival) if more_is_better else median(rival) / median(mine)
        runs = " ".join(map(shown, mine)) + " | " + " ".join(map(shown, rival))
        print(f"{words:<34} {shown(median(mine)):>9} {shown(median(rival)):>9} {ratio:>6.2f}   {runs}")


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stislo", type=Path, default=ROOT / "target/release/stislo", help="the program to measure")
    parser.add_argument("--model", help="a name or the path of a GGUF file; stislo's default without one")
    parser.add_argument("--article", default="harbour-bridge-en")
    parser.add_argument("--threads", type=int, default=cores(), help="for both")
    parser.add_argument("--tokens", type=int, default=64, help="that one sequence writes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--offline", action="store_true", help="use weights on disk alone")
    return parser.parse_args()


def cores():
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def main():
    given = options()
    if not given.stislo.exists():
        sys.exit(f"{given.stislo} is not there; first: cargo build --release")
    llama_cpp.llama_log_set(_silence, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    ours, theirs, ways = [], [], []
    for number in range(1, given.runs + 1):
        print(f"run {number} of {given.runs}: stislo", file=sys.stderr)
        report, samples = stislo(given, seen=bool(ours))
        ours.append(samples)
        print(f"run {number} of {given.runs}: llama.cpp", file=sys.stderr)
        tails = max(map(len, report["prompts"]["article"]["tails"]))
        workload = report["workload"]
        needed = workload["shared_tokens"] + tails + max(workload["answer_tokens"], workload["decode_tokens"])
        room = (needed + 255) // 256 * 256
        theirs.append(rival_alone(report, given.threads, room))
        ways.append(rival_three(report, given.threads, room))
    best = min(ways[0], key=lambda way: median(run[way] for run in ways))
    for samples, run in zip(theirs, ways):
        samples["three_languages"] = run[best]
    table(report, ours, theirs, best)
    for way in ways[0]:
        print(f"llama.cpp, three languages, {way}: {median(run[way] for run in ways):.1f} s")


if __name__ == "__main__":
    main()
