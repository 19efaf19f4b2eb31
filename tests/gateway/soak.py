#!/usr/bin/env python3
"""Many clients on a real model for ten minutes: no error but 429, flat memory, every stream whole or given up.

    cargo build --release
    target/release/stislo --model qwen2.5-coder-0.5b-instruct --no-store serve --listen 127.0.0.1:8089 &
    python3 tests/gateway/soak.py --address http://127.0.0.1:8089 --pid $! [--corpus ../shared/corpus] [--minutes 10]

64 clients ask for articles of many lengths in one to three languages, half of them as streams; half of all streams are left
early, by closing the connection at a random event. At the end the script waits for the engine to be idle and prints what
was answered, how long it took until left work stopped, and memory by the minute. Needs nothing but Python.
"""

import argparse
import collections
import json
import pathlib
import random
import socket
import sys
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def articles(corpus):
    files = sorted((ROOT / "tests/fixtures").rglob("page.txt"))
    if corpus:
        files += sorted(pathlib.Path(corpus).rglob("*.txt"))
    texts = [file.read_text(errors="ignore") for file in files]
    return [text for text in texts if 400 < len(text) < 20_000]


def metrics(address):
    text = urllib.request.urlopen(address + "/metrics", timeout=60).read().decode()
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def memory(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


class Client(threading.Thread):
    def __init__(self, number, args, texts, end, tally):
        super().__init__(daemon=True)
        self.dice = random.Random(number)
        self.args, self.texts, self.end, self.tally = args, texts, end, tally

    def run(self):
        while time.time() < self.end:
            try:
                self.once()
            except Exception as error:
                self.tally[f"error: {error!r}"] += 1
                time.sleep(0.5)

    def once(self):
        text = self.dice.choice(self.texts)
        cut = self.dice.randrange(300, len(text) + 1)
        languages = self.dice.sample(["en", "uk", "ru"], self.dice.randint(1, 3))
        stream, leave = self.dice.random() < 0.5, self.dice.random() < 0.5
        # A title of its own, so that no two requests are the same.
        body = {"text": text[:cut], "languages": languages, "stream": stream, "title": f"{self.dice.random()}"}
        data = json.dumps(body).encode()
        host, port = self.args.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=900) as client:
            head = f"POST /v1/summarize HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
            client.sendall(head.encode() + data)
            seen, stop_at = b"", self.dice.randrange(1, 40) if leave else None
            while chunk := client.recv(1 << 16):
                seen += chunk
                if stream and stop_at and seen.startswith(b"HTTP/1.1 200") and seen.count(b"event: ") >= stop_at and b"event: done" not in seen:
                    self.tally["left"] += 1
                    return
        status = seen[9:12].decode()
        if status == "429":
            self.tally["429"] += 1
            time.sleep(self.dice.uniform(1, 5))
        elif status == "422":
            self.tally["422 (a cut that is no article)"] += 1
        elif status != "200":
            self.tally[f"error: status {status}"] += 1
        elif stream and b"event: error" in seen and b'"status":422' in seen:
            # It had to wait for its turn, and was read when the stream had begun.
            self.tally["422 (a cut that is no article)"] += 1
        elif stream and b"event: done" not in seen:
            self.tally["error: a stream without an end"] += 1
        else:
            self.tally["stream" if stream else "answer"] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--corpus")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=10)
    args = parser.parse_args()
    texts, tally = articles(args.corpus), collections.Counter()
    while True:
        try:
            urllib.request.urlopen(args.address + "/ready", timeout=10)
            break
        except OSError:
            time.sleep(1)
    end = time.time() + args.minutes * 60
    clients = [Client(number, args, texts, end, tally) for number in range(args.clients)]
    for client in clients:
        client.start()
    sizes = []
    while time.time() < end:
        time.sleep(min(60, max(1, end - time.time())))
        # Kept articles have a limit of their own, which is seldom reached in ten minutes.
        whole, kept = memory(args.pid), metrics(args.address)["stislo_engine_prefix_bytes"] / 2**20
        sizes.append(whole - kept)
        print(f"{len(sizes):3} min  {whole:7.0f} MiB, {kept:.0f} of them kept articles  {dict(tally)}", flush=True)
    for client in clients:
        client.join(timeout=900)
    begun = time.time()
    while (now := metrics(args.address))["stislo_requests_running"] or now["stislo_engine_sequences"]:
        if time.time() - begun > 60:
            print("the engine is not idle a minute after the last client", file=sys.stderr)
            return 1
        time.sleep(0.05)
    print(f"idle {time.time() - begun:.2f} s after the last client; caches under way: {now['stislo_engine_cache_bytes']:.0f} bytes")
    print(f"given up by the gateway: {now['stislo_cancelled_total']:.0f}, left by clients: {tally['left']}")
    errors = {what: count for what, count in tally.items() if what.startswith("error")}
    third = max(1, len(sizes) // 3)
    grown = max(sizes[-third:]) / max(sizes[:third]) - 1
    print(f"memory but kept articles: {grown:+.1%} from the first third to the last; errors: {errors}")
    return 1 if errors or grown > 0.10 else 0


if __name__ == "__main__":
    sys.exit(main())
