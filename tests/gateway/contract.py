#!/usr/bin/env python3
"""Holds the gateway to /openapi.json with schemathesis, on a scripted engine.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install schemathesis
    /tmp/venv/bin/python tests/gateway/contract.py [--cases 2000]

Fails on any 5xx, on a status, content type or body that the document does not have, and on a rejected method without 405.
Needs no network and no model. Random text is seldom an article, so a request that fits the document and is refused with
422 is no failure here; that good requests are answered is what tests/it is for. Each operation gets the same share of the
cases, which takes some minutes.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=2000, help="fewest cases in all")
    parser.add_argument("--binary", help="a scripted_gateway that is built already")
    args = parser.parse_args()
    command = [args.binary] if args.binary else ["cargo", "run", "--quiet", "--example", "scripted_gateway", "--"]
    gateway = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = gateway.stdout.readline().strip()
        document = json.load(urllib.request.urlopen(f"{address}/openapi.json"))
        operations = sum(len(methods) for methods in document["paths"].values())
        run = subprocess.run(
            [
                str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", f"{address}/openapi.json",
                "--checks", CHECKS, "--phases", "examples,coverage,fuzzing,stateful", "--mode", "all",
                "--max-examples", str(args.cases // operations + 1), "--seed", "1", "--request-timeout", "60",
            ],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        print(run.stdout)
        cases = [int(number) for number in re.findall(r"(\d+) generated", run.stdout)]
        print(f"cases: {max(cases, default=0)}")
        if run.returncode == 0 and max(cases, default=0) < args.cases:
            print(f"fewer than {args.cases} cases", file=sys.stderr)
            return 1
        return run.returncode
    finally:
        gateway.terminate()
        print("exit code of the gateway:", gateway.wait(timeout=60))


if __name__ == "__main__":
    sys.exit(main())
