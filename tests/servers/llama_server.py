"""The same promises before llama-server: its answers with its grammar, without, and those of the engine here.

Starts llama-server on a free port of loopback, has `stislo` summarise articles in three ways, and looks at what is shown with
eyes of its own: letters of another alphabet, numbers that the article does not have, citations of sentences that do not exist.
Fails when one is found. Prints a line for each article and way.

    python3 tests/servers/llama_server.py --server llama-server --model model.gguf --binary stislo ARTICLE...
"""

import argparse
import json
import re
import socket
import subprocess
import time
import urllib.request

FOREIGN = {"en": r"[\u0400-\u04ff]", "uk": r"[ыэъёЫЭЪЁ]", "ru": r"[іїєґІЇЄҐ]"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(arguments):
    port = free_port()
    command = [arguments.server, "-m", arguments.model, "--host", "127.0.0.1", "--port", str(port), "-c", "8192", "-np", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("llama-server ended before it answered")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
            return server, f"http://127.0.0.1:{port}"
        except OSError:
            time.sleep(0.2)
    server.kill()
    raise SystemExit("llama-server does not answer")


def numbers(text):
    """Numbers without their separators and leading zeros."""
    return {re.sub(r"[^\d]", "", found).lstrip("0") for found in re.findall(r"\d[\d.,  :/-]*", text)}


def faults(answer, article):
    """What must not be shown."""
    known = numbers(article)
    digits = re.sub(r"[^\d]", "", article)
    for summary in answer["summaries"]:
        lines = [summary["headline"], summary["summary"]] + [fact["text"] for fact in summary["key_facts"]]
        for line in lines:
            for letter in re.findall(FOREIGN[summary["language"]], line):
                if letter not in article:
                    yield f"letter {letter} in: {line}"
            for number in numbers(line):
                # A full number of the article, or one that its thousands or millions were written into.
                if number and number not in known and number.rstrip("0") not in digits:
                    yield f"number {number} in: {line}"
        for fact in summary["key_facts"]:
            for evidence in fact["evidence"]:
                if not 1 <= evidence["sentence"] <= answer["source"]["sentences"]:
                    yield f"citation {evidence['sentence']} of {answer['source']['sentences']}"


def summarise(arguments, article, way):
    command = [arguments.binary, "summarize", article, "--to", "en,uk,ru", "--no-store", "--format", "json", "-vv"] + way
    begun = time.time()
    done = subprocess.run(command, capture_output=True, text=True, timeout=arguments.patience)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    resumed = [int(count) for count in re.findall(r"an answer is written .*resumed=(\d+)", done.stderr)]
    return json.loads(done.stdout), time.time() - begun, sum(resumed), len(resumed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--name", default="qwen2.5-coder-1.5b-instruct", help="what the model is called here")
    parser.add_argument("--ways", default="here,grammar,none")
    parser.add_argument("--patience", type=float, default=1200)
    parser.add_argument("articles", nargs="+")
    arguments = parser.parse_args()
    wrong = []
    for article in arguments.articles:
        with open(article, encoding="utf-8") as file:
            text = file.read()
        for way in arguments.ways.split(","):
            server, flags = None, ["--model", arguments.name]
            if way != "here":
                server, address = start(arguments)
                # As any server with the protocol of OpenAI's it is sent no grammar.
                flags += ["--engine", address] + (["--engine-kind", "openai"] if way == "none" else [])
            try:
                answer, seconds, resumed, answers = summarise(arguments, article, flags)
            finally:
                if server:
                    server.kill()
                    server.wait()
            found = list(faults(answer, text))
            wrong += [f"{article} {way}: {fault}" for fault in found]
            shown = [len(summary["key_facts"]) + bool(summary["headline"]) + bool(summary["summary"]) for summary in answer["summaries"]]
            left = sum(summary["dropped"] for summary in answer["summaries"])
            print(f"{article.rsplit('/', 1)[-1]:<16} {way:<8} {seconds:6.0f} s  lines shown {shown}, left out {left}, "
                  f"resumed {resumed} in {answers} answers, {len(found)} faults", flush=True)
    print("\n".join(wrong))
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
