#!/usr/bin/env python3
"""How much time the gateway adds to the engine, and how many kept answers it gives a second. Scripted engine, loopback.

    cargo build --release --example scripted_gateway
    python3 tests/gateway/speed.py --binary target/release/examples/scripted_gateway

The gateway's part of a request is its time over the connection minus that of the job (`total_ms` of its answer); the rest
that is not the engine's is the service's: reading the article, planning, checking. The times of an answer are whole
milliseconds, so half of one is their error. Plain Python threads and raw sockets; what the client itself takes of the two
cores is part of the figures.
"""

import argparse
import json
import pathlib
import socket
import statistics
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/fixtures/en/harbour-bridge/page.txt").read_text()


def connect(address):
    host, port = address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def request(body, headers=""):
    data = json.dumps(body).encode()
    head = f"POST /v1/summarize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def answer(client, buffer=b""):
    while b"\r\n\r\n" not in buffer:
        buffer += client.recv(1 << 16)
    head, body = buffer.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200"), head
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    while len(body) < length:
        body += client.recv(1 << 16)
    return body


def overhead(address, count):
    client, gateway, service = connect(address), [], []
    for number in range(count):
        sent = request({"text": PAGE, "title": f"Title {number}"}, "Cache-Control: no-store\r\n")
        begun = time.perf_counter()
        client.sendall(sent)
        body = answer(client)
        whole = (time.perf_counter() - begun) * 1000
        timings = json.loads(body)["timings"]
        gateway.append(whole - timings["total_ms"])
        service.append(timings["total_ms"] - timings["prefill_ms"] - timings["decode_ms"])
    return gateway, service


def kept(address, seconds, clients):
    sent, counts = request({"text": PAGE}), [0] * clients
    answer_once = connect(address)
    answer_once.sendall(sent)
    answer(answer_once)
    end = time.perf_counter() + seconds

    def run(index):
        client = connect(address)
        while time.perf_counter() < end:
            client.sendall(sent)
            answer(client)
            counts[index] += 1

    threads = [threading.Thread(target=run, args=(index,)) for index in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=5)
    args = parser.parse_args()
    gateway = subprocess.Popen([args.binary, "--keep"], stdout=subprocess.PIPE, text=True)
    try:
        address = gateway.stdout.readline().strip()
        for name, took in zip(["gateway", "service"], overhead(address, args.requests)):
            tenths = statistics.quantiles(took, n=10)
            print(f"the {name}'s part of a request: median {statistics.median(took):.1f} ms, nine in ten under {tenths[8]:.1f} ms")
        print(f"kept answers: {kept(address, args.seconds, 2):.0f} a second with two clients")
    finally:
        gateway.terminate()
        gateway.wait(timeout=60)


if __name__ == "__main__":
    main()
