#!/usr/bin/env python3
"""What one caller can do to the others: attacks on a gateway of two keys, bounded in number and time. Scripted engine, loopback.

    cargo build --release --example scripted_gateway
    python3 tests/gateway/attacks.py --binary target/release/examples/scripted_gateway

While each attack goes on, /health is asked every few milliseconds and a caller with the other key asks for summaries. It
fails when the 99th percentile of /health is over 50 ms, when the other caller is refused or takes more than twice what it
takes alone, or when work goes on long after its caller has left. Attackers are processes of their own, so that they do not
slow the clocks down that watch them.

    silent     32 sockets that announce 8 MiB to a path that takes keys in the body, and send one byte
    half       32 sockets that send 256 KiB but one byte there, and 32 that send 8 MiB but one byte with a key
    bombs      20 packed texts of 4,200,000 characters, closed after a moment
    texts      20 packed texts of just under 2,000,000 characters (`max_characters`), closed after a moment
    articles   20 articles of just under 180,000 characters, the most that is read, closed after a moment
    late       8 of them, and 8 texts of as many characters in the shortest sentences, closed after half a second
    leavers    20 texts to translate of just under 2,000,000 characters in one paragraph, closed after a moment
    marks      3,000 equal marks in a phrase of a page, twice
    flood      24 requests of one key

An attack that never reached what it attacks proves nothing, so it fails, too, when the gateway has not counted its requests
under the path and the status that they are meant to have.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/fixtures/en/harbour-bridge/page.txt").read_text()
KEYS = ["a-key-of-the-attacker", "a-key-of-the-other-one"]
MOST_OF_HEALTH = 0.050
LONGEST = 60


def connect(address):
    host, port = address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=LONGEST)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def head(path, length, key=None, kind="application/json"):
    bearer = f"Authorization: Bearer {key}\r\n" if key else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nCache-Control: no-store\r\n{bearer}"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def answer(client):
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        more = client.recv(1 << 16)
        if not more:
            raise OSError("closed")
        buffer += more
    top, body = buffer.split(b"\r\n\r\n", 1)
    lines = top.split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length")), 0)
    while len(body) < length:
        body += client.recv(1 << 16)
    return int(lines[0].split()[1]), body


def post(address, path, body, key, kind="application/json"):
    client = connect(address)
    client.sendall(head(path, len(body), key, kind) + body)
    try:
        return answer(client)[0]
    finally:
        client.close()


def summary(address, key, title):
    body = json.dumps({"text": PAGE, "title": title, "languages": ["en"]}).encode()
    begun = time.perf_counter()
    status = post(address, "/v1/summarize", body, key)
    return status, time.perf_counter() - begun


# The attacks. Each is a process, gets the address and a number, and returns when it is over.


def silent(address, seconds):
    clients = [connect(address) for _ in range(32)]
    for client in clients:
        client.sendall(head("/translate", 8 << 20) + b"{")
    time.sleep(seconds)


def half(address, seconds):
    clients = []
    for path, size, key in [("/translate", 256 << 10, None), ("/v1/summarize", 8 << 20, KEYS[0])]:
        for _ in range(32):
            client = connect(address)
            try:
                client.sendall(head(path, size, key) + b" " * (size - 1))
            except OSError:
                pass  # It was refused in the middle.
            clients.append(client)
    time.sleep(seconds)


def gone(address, requests, after=0.05):
    """Sends requests and leaves. What is closed in the same moment is never looked at, so it waits for a moment."""
    clients = []
    for request in requests:
        clients.append(connect(address))
        clients[-1].sendall(request)
    time.sleep(after)
    for client in clients:
        client.close()


def packed_and_gone(address, count, text, after=0.05):
    body = gzip.compress(text.encode(), 9)
    gone(address, [head("/v1/summarize", len(body), KEYS[0], "text/plain") + body] * count, after)


def bombs(address, seconds):
    packed_and_gone(address, 20, "A b. " * 840_000)


def texts(address, seconds):
    packed_and_gone(address, 20, "A b. " * 399_000)


def article():
    sentence = "The council of the town met on {} May and spoke of the {} new piers at length. "
    return "".join(sentence.format(n % 30 + 1, n) for n in range(2240))[:179_000]


def articles(address, seconds):
    packed_and_gone(address, 20, article())


def late(address, seconds):
    packed_and_gone(address, 8, article(), after=0.5)
    packed_and_gone(address, 8, "A b. " * 35_900, after=0.5)


def leavers(address, seconds):
    text = "A b. " * 399_000
    for path, body in [
        ("/translate", {"q": text, "source": "en", "target": "uk"}),
        ("/v1/translate", {"text": text, "from": "en", "to": "uk"}),
    ]:
        body = json.dumps(body).encode()
        gone(address, [head(path, len(body), KEYS[0]) + body] * 10)


def marks(address, seconds):
    page = "<p>Use " + "<code>x</code> " * 3000 + "here.</p>"
    body = json.dumps({"text": page, "from": "en", "to": "uk", "format": "html"}).encode()
    clients = [connect(address) for _ in range(2)]
    for client in clients:
        client.sendall(head("/v1/translate", len(body), KEYS[0]) + body)
    for client in clients:
        answer(client)


def flood(address, seconds):
    threads = [threading.Thread(target=summary, args=(address, KEYS[0], f"Flood {n}")) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# Each with what the gateway counts of it: a path, statuses, and how many at least. 499 is a caller who left; 413 is told at
# once to whoever announces more than a caller may send whose key is not known yet.
ATTACKS = {
    silent: ("/translate", (413,), 32),
    half: ("/translate", (400, 429), 32),
    bombs: ("/v1/summarize", (413, 422, 429, 499), 16),
    texts: ("/v1/summarize", (429, 499), 16),
    articles: ("/v1/summarize", (429, 499), 16),
    late: ("/v1/summarize", (429, 499), 12),
    leavers: ("/translate", (429, 499), 8),
    marks: ("/v1/translate", (200,), 2),
    flood: ("/v1/summarize", (200, 429), 24),
}


class Health:
    """Asks /health again and again, and keeps how long each answer took."""

    def __init__(self, address):
        self.took, self.failed, self.stop = [], 0, threading.Event()
        self.thread = threading.Thread(target=self.run, args=(address,))
        self.thread.start()

    def run(self, address):
        client = connect(address)
        while not self.stop.wait(0.005):
            begun = time.perf_counter()
            client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.failed += answer(client)[0] != 200
            self.took.append(time.perf_counter() - begun)

    def end(self):
        self.stop.set()
        self.thread.join()
        return statistics.quantiles(self.took, n=100)[98] if len(self.took) > 1 else 0.0


def metrics(address):
    client = connect(address)
    client.sendall(f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {KEYS[1]}\r\n\r\n".encode())
    text = answer(client)[1].decode()
    client.close()
    return text.splitlines()


def gauge(address, name):
    return float(next(line for line in metrics(address) if line.startswith(f"{name} ")).split()[1])


def counted(address, path, statuses):
    """Requests of this path that ended like this, so far."""
    lines = [line for line in metrics(address) if line.startswith("stislo_requests_total{") and f'"{path}"' in line]
    return sum(float(line.split()[-1]) for line in lines for status in statuses if f'"{status}"' in line)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid, name):
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith(name)).split()[1]) / 1024


def attacked(attack, address, pid, alone, seconds):
    path, statuses, least = ATTACKS[attack]
    earlier = counted(address, path, statuses)
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")  # The peak of memory begins anew.
    before, processor, health = megabytes(pid, "VmRSS"), processor_seconds(pid), Health(address)
    attacker = multiprocessing.Process(target=attack, args=(address, seconds))
    begun = time.perf_counter()
    attacker.start()
    time.sleep(0.1)
    others = []
    while time.perf_counter() - begun < seconds or attacker.is_alive() and len(others) < 20:
        others.append(summary(address, KEYS[1], f"{attack.__name__} {len(others)}"))
    attacker.join(LONGEST)
    attacker.terminate()
    while (running := gauge(address, "stislo_requests_running")) and time.perf_counter() - begun < LONGEST:
        time.sleep(0.01)
    took, used = time.perf_counter() - begun, processor_seconds(pid)
    time.sleep(0.5)
    after, high = processor_seconds(pid) - used, health.end()
    refused = sum(status != 200 for status, _ in others)
    own = len(others) if path == "/v1/summarize" and 200 in statuses else 0
    arrived = counted(address, path, statuses) - earlier - own
    worst = max(took for _, took in others)
    good = high < MOST_OF_HEALTH and not health.failed and not refused and worst < 2 * alone and not running and after < 0.25 and arrived >= least
    print(
        f"{attack.__name__:9} /health: 99 in 100 under {high * 1000:5.1f} ms of {len(health.took):4}, worst {max(health.took) * 1000:5.1f} ms;"
        f" the other: {len(others):2} answered, {refused} refused, median {statistics.median(t for _, t in others):.2f} s,"
        f" worst {worst:.2f} s ({worst / alone:.2f} of alone);"
        f" all over after {took:4.1f} s, {used - processor:4.1f} s of processor and {after:.2f} s in the half second after it,"
        f" {megabytes(pid, 'VmHWM') - before:+.0f} MB; {arrived:.0f} arrived {'' if good else '  <-- FAILED'}",
        flush=True,
    )
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--pace", type=int, default=4, help="milliseconds of a pass of the model")
    parser.add_argument("--seconds", type=float, default=5, help="of each attack, at least")
    parser.add_argument("attacks", nargs="*", help="some of them; all when none is named")
    args = parser.parse_args()
    chosen = [attack for attack in ATTACKS if not args.attacks or attack.__name__ in args.attacks]
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder, "keys")
        keys.write_text("\n".join(KEYS))
        command = [args.binary, "--pace", str(args.pace), "--keys", str(keys)]
        gateway = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            address = gateway.stdout.readline().strip()
            alone = statistics.median(summary(address, KEYS[1], f"Alone {n}")[1] for n in range(7))
            print(f"alone, the other takes {alone:.2f} s")
            good = [attacked(attack, address, gateway.pid, alone, args.seconds) for attack in chosen]
        finally:
            gateway.terminate()
            gateway.wait(timeout=LONGEST)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
