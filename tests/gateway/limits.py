#!/usr/bin/env python3
"""The gateway when the system gives it little: 64 open files, and less memory than it asks for. Scripted engine, loopback.

    cargo build --release --example scripted_gateway
    python3 tests/gateway/limits.py --binary target/release/examples/scripted_gateway

Two hundred clients connect to a gateway that may have 64 files open. Those it has no place for wait or are closed, and when
they have left it answers as before. With little memory it must not answer wrongly: it answers, or it ends and says why.
"""

import argparse
import http.client
import json
import pathlib
import resource
import socket
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "tests/fixtures/en/harbour-bridge/page.txt").read_text()
FILES = 64
CLIENTS = 200


def start(binary, limit, amount):
    def confine():
        resource.setrlimit(limit, (amount, amount))

    server = subprocess.Popen([binary], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=confine)
    return server, server.stdout.readline().strip().removeprefix("http://")


def status(address, method="GET", path="/health", body=None):
    client = http.client.HTTPConnection(address, timeout=30)
    client.request(method, path, body, {"content-type": "application/json"})
    answer = client.getresponse()
    answer.read()
    return answer.status


def few_files(binary):
    server, address = start(binary, resource.RLIMIT_NOFILE, FILES)
    host, port = address.split(":")
    clients, served = [], 0
    for _ in range(CLIENTS):
        try:
            client = socket.create_connection((host, int(port)), timeout=0.2)
        except TimeoutError:
            # The connections that are open stay open for a minute, and the system's queue for more is full.
            continue
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        clients.append(client)
        try:
            served += client.recv(12) == b"HTTP/1.1 200"
        except OSError:
            pass
    assert server.poll() is None, "it ended"
    for client in clients:
        client.close()
    body = json.dumps({"text": PAGE, "languages": ["en"]})
    after = [status(address), status(address, "POST", "/v1/summarize", body)]
    server.terminate()
    code = server.wait(30)
    print(f"{FILES} files: {served} of {CLIENTS} clients were answered at once; after they left {after}; exit code {code}")
    return 0 < served < CLIENTS and after == [200, 200] and code == 0


def little_memory(binary):
    good = True
    for megabytes in (60, 100, 200, 400):
        server, address = start(binary, resource.RLIMIT_AS, megabytes << 20)
        if address:
            body = json.dumps({"text": PAGE, "languages": ["en"]})
            try:
                what = f"answered {status(address, 'POST', '/v1/summarize', body)}"
            except (OSError, http.client.HTTPException) as error:
                what = f"no answer ({type(error).__name__})"
            server.terminate()
        else:
            what = "did not start"
        code, said = server.wait(30), server.stderr.read().strip().splitlines()
        print(f"{megabytes} MB: {what}; exit code {code}; {said[-1] if said else 'nothing on stderr'}")
        good &= what == "answered 200" or bool(said)
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    binary = parser.parse_args().binary
    results = [few_files(binary), little_memory(binary)]
    raise SystemExit(0 if all(results) else "the gateway did not take it well")


if __name__ == "__main__":
    main()
